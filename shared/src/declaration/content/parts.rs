//! Parties, containers, papers and the wood packaging block (domain 2.2, 2.3, 4.8).
use super::{Figure, Need, document};

document! {
    /// Consignee or consignor (收发货人); a name in one language is enough.
    Party as "DeclarationParty" {
        /// Registration number with the bureau, or organisation code; a foreign party has none.
        code: Option<String> { column: "*_Code", zh: "代码", size: 20, example: "3100601234" }
        /// Name in Chinese.
        cname: Option<String> { column: "*_Cname", zh: "中文名称", size: 150, example: "上海德瑞紧固件有限公司" }
        /// Name in English.
        ename: Option<String> { column: "*_Ename", zh: "英文名称", size: 400, example: "Shanghai Derui Fasteners Co., Ltd." }
        /// Address.
        addr: Option<String> { column: "*_Addr", zh: "地址", size: 200, example: "上海市嘉定区叶城路1288号" }
    }
}

document! {
    /// A container (集装箱), by its number.
    Container as "DeclarationContainer" {
        /// Size and type, of the bureau's list.
        cntnr_mode_code: Option<String> { column: "Cntnr_Mode_Code", zh: "集装箱规格", size: 4, need: Need::ALWAYS, example: "211" }
        /// Container number, ISO 6346.
        cont_no: Option<String> { column: "Cont_No", zh: "集装箱号码", size: 20, need: Need::ALWAYS, example: "TCLU4501272" }
        /// Shared with goods of others.
        lcl_flag: Option<bool> { column: "Lcl_Flag", zh: "拼箱标识", example: "false" }
        /// Seal.
        seal_no: Option<String> { zh: "封识号", size: 20, example: "HL4471902" }
    }
}

document! {
    /// An attached document (随附单据), by reference.
    Attachment as "DeclarationAttachment" {
        /// Kind, six digits.
        att_doc_type_code: Option<String> { column: "Att_Doc_Type_Code", zh: "随附单据类别", size: 10, need: Need::ALWAYS, pattern: r"^\d{6}$", example: "101002" }
        /// Number of the document.
        att_doc_no: Option<String> { column: "Att_Doc_No", zh: "随附单据编号", size: 100, example: "INV-140421" }
        /// Its name.
        att_doc_name: Option<String> { column: "Att_Doc_Name", zh: "随附单据名称", size: 200, example: "发票" }
    }
}

document! {
    /// A certificate asked for (申请单证).
    CertificateRequest as "DeclarationCertificateRequest" {
        /// Kind, two digits.
        app_cert_code: Option<String> { column: "App_Cert_Code", zh: "申请单证代码", size: 4, need: Need::ALWAYS, pattern: r"^\d{2}$", example: "16" }
        /// Number of originals.
        appl_ori: Option<Figure> { column: "Appl_Ori", zh: "正本数", size: 0, example: "1" }
        /// Number of copies.
        appl_copy_quan: Option<Figure> { column: "Appl_Copy_Quan", zh: "副本数", size: 0, example: "2" }
    }
}

document! {
    /// Wood packaging (木质包装): whether there is any, and what was done to it.
    WoodPackaging as "DeclarationWoodPackaging" {
        /// There is packaging of natural wood.
        has_wood: Option<bool> { zh: "有无木质包装", need: Need::INBOUND, example: "true" }
        /// Coniferous wood.
        is_coniferous: Option<bool> { zh: "针叶木", example: "false" }
        /// Species.
        species: Option<String> { zh: "树种", size: 100, example: "Fagus sylvatica" }
        /// Treatment: HT heat, MB methyl bromide, NONE.
        treatment: Option<String> { zh: "除害处理方式", size: 10, pattern: "^(HT|MB|NONE)$", example: "HT" }
        /// Mark of ISPM 15: country, registration, treatment.
        ippc_mark: Option<String> { zh: "IPPC标识", size: 20, pattern: "^[A-Z]{2}-[0-9A-Z]{2,10} (HT|MB)$", example: "DE-NW0123 HT" }
        /// Statement: 101024 not coniferous, 101025 no wood, 101026 fumigated (US, Japan).
        statement: Option<String> { zh: "木质包装声明", size: 10, pattern: "^10102[456]$", example: "101024" }
    }
}

document! {
    /// Who will use the goods (使用人).
    User as "DeclarationUser" {
        /// Registration number or organisation code.
        consumer_code: Option<String> { zh: "使用单位代码", size: 20, example: "3100601234" }
        /// Name.
        consumer_name: Option<String> { zh: "使用单位名称", size: 150, need: Need::ALWAYS, example: "上海德瑞紧固件有限公司" }
        /// Telephone.
        consumer_tel: Option<String> { zh: "使用单位电话", size: 20, example: "021-55550100" }
    }
}

document! {
    /// A qualification of the enterprise (企业资质), by number.
    Qualification as "DeclarationQualification" {
        /// Type.
        ent_qualif_type_code: Option<String> { zh: "企业资质类别", size: 10, need: Need::ALWAYS, example: "519" }
        /// Number.
        ent_qualif_no: Option<String> { zh: "企业资质编号", size: 40, need: Need::ALWAYS, example: "FR33-0519-01" }
    }
}
