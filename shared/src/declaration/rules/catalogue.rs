//! The rules of a declaration: every code that its reading and its review can give, once; a test keeps it equal to
//! what the checks use. What other rooms give stands in their own tables; `crate::catalogue` has them all.
use crate::kernel::{Group, Rule, Severity, Stage};
use Severity::{Error, Info, Warning};

/// What came later than the first edition says so after its fields: `@ "0.2.0"`.
macro_rules! since {
    () => {
        "0.1.0"
    };
    ($since:literal) => {
        $since
    };
}

/// Rooms that share a code say so at its end: `& [Payment]`.
macro_rules! given_by {
    ($($group:ident)*) => {
        &[Group::Declaration $(, Group::$group)*]
    };
}

macro_rules! rules {
    ($($stage:ident { $($name:ident = $code:literal $severity:ident $source:literal $zh:literal $en:literal [$($field:literal)*] $(@ $since:literal)? $(& [$($group:ident)*])?)* })*) => {
        $($(
            pub static $name: Rule = Rule {
                code: $code,
                severity: $severity,
                stage: Stage::$stage,
                groups: given_by!($($($group)*)?),
                title_zh: $zh,
                title_en: $en,
                source: $source,
                fields: &[$($field),*],
                since: since!($($since)?),
            };
        )*)*

        /// All rules, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$($(&$name),*),*];
    };
}

rules! {
    Reading {
        JSON_MALFORMED = "json-malformed" Error "RFC 8259"
            "不是所要求的 JSON（UTF-8）" "The body is not the JSON in UTF-8 that is wanted"
            [] & [Request]
        JSON_WRONG_TYPE = "json-wrong-type" Error "contract"
            "JSON 类型不符" "A member has the wrong JSON type"
            [] & [Request]
        MEMBER_UNKNOWN = "member-unknown" Error "contract"
            "未知字段" "A member is not known"
            [] & [Request]
        MEMBER_REPEATED = "member-repeated" Error "RFC 8259"
            "字段重复" "A member is given twice"
            []
        CHARACTER_NOT_ALLOWED = "character-not-allowed" Error "contract"
            "字符不可用" "A character cannot be stored"
            [] & [Import]
        IDENTITY_MISSING = "identity-missing" Error "domain R12"
            "缺少识别字段" "A member that identifies the declaration is missing"
            ["/decl_reg_no" "/ent_decl_no" "/apl_kind" "/decl_code" "/decl_org"]
        IDENTITY_MALFORMED = "identity-malformed" Error "domain R12, 1.3"
            "识别字段格式有误" "A member that identifies the declaration is malformed"
            ["/decl_reg_no" "/ent_decl_no" "/apl_kind" "/decl_code" "/decl_org"]
    }
    Review {
        MANDATORY_FIELD = "mandatory-field" Error "domain R14, 2.2, 2.3; subset of R1"
            "必填项缺失" "A mandatory member is missing"
            []
        TOO_LONG = "too-long" Error "domain 2.2, 2.3"
            "内容过长" "A text is longer than its box"
            []
        TOO_MANY = "too-many" Error "domain R2, 2.1"
            "项数过多" "A list has too many items"
            [] & [Inspection]
        TOO_MANY_FINDINGS = "too-many-findings" Error "contract"
            "缺陷过多" "There are too many findings to list"
            []
        NUMBER_MALFORMED = "number-malformed" Error "domain 2.3"
            "数字格式有误" "A number cannot be read, or has too many digits"
            []
        NUMBER_NOT_POSITIVE = "number-not-positive" Error "domain 2.3"
            "数字应大于零" "A number is not above zero"
            []
        DATE_MALFORMED = "date-malformed" Error "GB/T 7408"
            "日期格式有误" "A date cannot be read"
            [] & [Payment]
        CODE_NOT_IN_LIST = "code-not-in-list" Error "domain R14"
            "代码不在报检日期有效的代码表中" "A code is not in its list on the day of declaration"
            []
        HS_CODE_MALFORMED = "hs-code-malformed" Error "domain R14, 2.3"
            "HS 编码格式有误（报检为10位数字）" "The HS code is malformed: a declaration wants ten digits"
            ["/goods/*/hs_code" "/goods/hs_code" "/payload/goods/hs_code"] & [Nonconformity]
        UNIT_MISSING = "unit-missing" Info "domain R1, R14"
            "另一计量已完整，缺单位的数重量不予采用" "An amount without a unit is left aside: another measure of the line is complete"
            ["/goods/*/qty_meas_unit" "/goods/*/wt_meas_unit"]
        HS_CODE_UNKNOWN = "hs-code-unknown" Info "domain R14"
            "HS 编码不在已载入的税则中，按目录外处理" "No loaded table knows the HS code: it counts as outside the catalogue"
            ["/goods/*/hs_code"]
        LINE_REPEATED = "line-repeated" Error "domain R14"
            "货物序号重复" "A line number is given twice"
            ["/goods/*/goods_no"]
        TOTALS_DIFFER = "totals-differ" Error "domain R14"
            "合计与各项之和不符" "A total is not the sum of the lines"
            ["/total_val_us" "/total_val_cn" "/lines/*"] & [Payment]
        VALUE_DIFFERS = "value-differs" Warning "domain R14"
            "申报值与计算值相差超过1%" "A value differs from the computed one by more than 1 %"
            ["/total_val_us" "/total_val_cn" "/goods/*"]
        FX_MISSING = "fx-missing" Warning "domain R5, R14"
            "报检日期前7天内无汇率" "There is no exchange rate of the seven days up to the day of declaration"
            ["/goods/*/currency"]
        DECL_DATE_IN_FUTURE = "decl-date-in-future" Warning "domain R0"
            "报检日期晚于今天" "The day of declaration lies in the future"
            ["/decl_date"]
        TIME_LIMIT_MISSED = "time-limit-missed" Warning "domain 2.12, R14"
            "未在规定时限内报检" "A time limit of declaration is missed"
            ["/decl_date"]
        KEYWORD_DOUBTFUL = "keyword-doubtful" Warning "domain R14, 4.8"
            "货名或规格含需人工审核的字样" "A name or specification holds a word that an officer must see"
            ["/goods/*"]
        ALERT_LEVEL_1 = "alert-level-1" Warning "domain R14"
            "一级疫情警示：不予受理" "An alert of level 1: to be refused"
            ["/goods/*/hs_code"]
        ALERT_LEVEL_2 = "alert-level-2" Warning "domain R14"
            "二级疫情警示：必检，不得通报通放" "An alert of level 2: always inspected, never anywhere"
            ["/goods/*/hs_code"]
        ALERT_LEVEL_3 = "alert-level-3" Warning "domain R14"
            "三级疫情警示" "An alert of level 3"
            ["/goods/*/hs_code"]
        ALERT_LEVEL_4 = "alert-level-4" Warning "domain R14"
            "四级疫情警示" "An alert of level 4"
            ["/goods/*/hs_code"]
        CONTAINER_CHECK_DIGIT = "container-check-digit" Warning "ISO 6346; domain R14"
            "集装箱号校验码不符" "A container number fails the check of ISO 6346"
            ["/containers/*/cont_no"]
        CONTAINER_NOT_LISTED = "container-not-listed" Warning "domain 2.1"
            "货物所在集装箱未列明" "A line lies in a container that is not listed"
            ["/goods/*/container_nos/*"]
        IMO_CHECK_DIGIT = "imo-check-digit" Error "IMO A.1117(30); domain R14"
            "船舶IMO编号校验码不符" "An IMO number fails its check digit"
            ["/imo_no"]
        ORGANISATION_CODE_CHECK_DIGIT = "organisation-code-check-digit" Error "GB 11714; domain R14"
            "组织机构代码校验码不符" "An organisation code fails its check digit"
            ["/users/*/consumer_code"]
        PARTY_CODE_MALFORMED = "party-code-malformed" Error "domain 1.3"
            "境内收发货人代码格式有误" "The code of a domestic party is malformed"
            ["/consignee/code" "/consignor/code"]
        PARTY_NOT_REGISTERED = "party-not-registered" Warning "domain R14"
            "境内收发货人未登记或已停用" "A domestic party is not registered, or disabled"
            ["/consignee/code" "/consignor/code"]
        NO_POWER_OF_ATTORNEY = "no-power-of-attorney" Error "domain 1.1, 2.10"
            "无报检委托书" "The declaring unit has no power of attorney"
            ["/decl_reg_no"]
        CREDIT_CLASS_C = "credit-class-c" Warning "domain R1, R14"
            "信用等级为C" "The effective credit class is C"
            ["/decl_reg_no"]
        CREDIT_CLASS_D = "credit-class-d" Warning "domain R1, R14"
            "信用等级为D" "The effective credit class is D"
            ["/decl_reg_no"]
        NO_INSPECTION_OFFICE = "no-inspection-office" Error "domain R8"
            "无对应的施检机构" "No office inspects at this port or destination"
            ["/enty_port_code" "/dest_code" "/goods/*"]
        DESTINATION_OUTSIDE_BUREAU = "destination-outside-bureau" Warning "domain R8"
            "流向目的地不在本局辖区" "The goods flow to a destination outside the bureau"
            ["/dest_code"]
        OFFICE_NOT_PARTICIPATING = "office-not-participating" Error "domain R8, 4.1"
            "机构未参加通报通放" "An office does not take part in declare-anywhere"
            ["/decl_org" "/release_org"]
        NOT_ELIGIBLE_ANYWHERE = "not-eligible-anywhere" Error "domain R14"
            "不具备通报通放资格" "The enterprise may not declare anywhere"
            ["/consignee" "/consignor"]
        GOODS_EXCLUDED_FROM_ANYWHERE = "goods-excluded-from-anywhere" Error "domain 4.1, R14"
            "货物不适用通报通放" "The goods are excluded from declare-anywhere"
            ["/goods/*"]
        ATTACHMENT_MISSING = "attachment-missing" Error "domain R14, 2.10"
            "缺少随附单据" "A document is not attached"
            ["/attachments"]
        WOOD_STATEMENT_MISSING = "wood-statement-missing" Warning "domain R3, 4.8"
            "木质包装缺标识、处理或声明" "Wood packaging lacks mark, treatment or statement"
            ["/wood_packaging"]
        WOOD_CONTRADICTION = "wood-contradiction" Warning "domain 2.3, 4.8"
            "木质包装申报前后不一" "What is said about wood packaging contradicts itself"
            ["/wood_packaging"]
    }
    Acceptance {
        DECL_NO_EXHAUSTED = "decl-no-exhausted" Warning "domain R12"
            "该机构本年度报检号已用尽" "The office has given out all declaration numbers of the year"
            ["/decl_org"]
    }
    Request {
        COUNT_OUT_OF_RANGE = "count-out-of-range" Error "contract"
            "一次可办理1至200份报检" "An act is about none, or about more declarations than one may be"
            []
        NAMED_TWICE = "named-twice" Error "contract"
            "同一报检重复列出" "A declaration is named twice"
            []
        HEADER_NOT_EXPECTED = "header-not-expected" Error "docs/bulk.md"
            "此操作不用该请求头" "A header came that this operation does not take"
            ["/headers/*"]
        DO_ALREADY_DECLARED = "do-already-declared" Error "domain R2"
            "该提货单已申报" "The delivery order is declared already"
            ["/delivery_order"]
        NOT_THE_SAME_DECLARATION = "not-the-same-declaration" Error "domain 3.3"
            "须与原报检一致" "A member that identifies the declaration is not as it was filed"
            []
        NOT_AMENDABLE = "not-amendable" Error "domain 3.3"
            "该项不得更改" "A member cannot be amended, or not so far"
            [] & [Swap]
    }
}
