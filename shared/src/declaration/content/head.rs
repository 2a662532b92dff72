//! The head of the form (出入境报检基本信息; domain 2.2).
use super::{
    Attachment, CertificateRequest, Container, Day, Figure, Goods, Need, Party, Qualification,
    User, WoodPackaging, document,
};

document! {
    /// A declaration of goods for inspection and quarantine (货物报检单), inbound or outbound.
    Content as "DeclarationContent" {
        /// The declaring unit's own reference; with `decl_reg_no` it names the declaration for ever.
        ent_decl_no: Option<String> { column: "Ent_Decl_No", zh: "企业报检号", size: 40, need: Need::ALWAYS, example: "DR-2014-0512-01" }
        /// Direction: I into the country, O out of it.
        apl_kind: Option<String> { column: "Apl_Kind", zh: "出入境类别", size: 1, need: Need::ALWAYS, pattern: "^[IO]$", example: "I" }
        /// Declaration class: 13 inbound, 14 inbound flow, 15 inbound verification; 21, 24, 25, 28 outbound.
        decl_code: Option<String> { column: "Decl_Code", zh: "报检类别", size: 4, need: Need::ALWAYS, pattern: r"^\d{2}$", example: "13" }
        /// Declaring office, chosen by the enterprise.
        decl_org: Option<String> { column: "Org_Code", zh: "报检地", size: 10, need: Need::ALWAYS, pattern: r"^\d{6}$", example: "310900" }
        /// Release office, chosen by the enterprise; the inspecting office is assigned, never given.
        release_org: Option<String> { column: "Vsa_Org_Code", zh: "领证地", size: 10, need: Need::ALWAYS, pattern: r"^\d{6}$", example: "310700" }
        /// Destination body.
        purp_org_code: Option<String> { column: "Purp_Org_Code", zh: "目的机构", size: 10, pattern: r"^\d{6}$", example: "310800" }
        /// Day of declaration: codes, catalogue and exchange rates of that day apply.
        decl_date: Option<Day> { column: "Decl_Date", zh: "报检日期", need: Need::ALWAYS, example: "2014-05-12" }
        /// Registration number of the declaring unit.
        decl_reg_no: Option<String> { column: "Decl_Reg_No", zh: "报检单位登记号", size: 20, need: Need::ALWAYS, pattern: r"^\d{10}$", example: "3100601234" }
        /// Name of the declaring unit.
        decl_reg_name: Option<String> { column: "Decl_Reg_Name", zh: "报检单位名称", size: 50, example: "上海德瑞紧固件有限公司" }
        /// Certificate number of the declarant, while there were such.
        decl_persn_cert_no: Option<String> { column: "Decl_Persn_Cert_No", zh: "报检员证号", size: 10, example: "3100012345" }
        /// The declarant.
        decl_person_name: Option<String> { column: "Decl_Person_Name", zh: "报检员姓名", size: 20, example: "关务部" }
        /// Whom to ask.
        contactperson: Option<String> { column: "Contactperson", zh: "联系人", size: 20, need: Need::FORM, example: "关务部" }
        /// Telephone of the contact.
        cont_tel: Option<String> { column: "Cont_Tel", zh: "联系电话", size: 20, need: Need::FORM, example: "021-55550100" }
        /// Registration with customs.
        custm_reg_no: Option<String> { column: "Custm_Reg_No", zh: "海关注册号", size: 10, example: "3122260123" }
        /// Customs office of the entry, four digits.
        decl_custm: Option<String> { column: "Decl_Custm", zh: "报关海关", size: 10, pattern: r"^\d{4}$", example: "2225" }
        /// Who receives the goods; inbound `code` is its ten-digit registration number.
        consignee: Option<Party> { column: "Consignee_*", zh: "收货人", need: Need::ALWAYS }
        /// Who sends the goods; outbound `code` is its ten-digit registration number.
        consignor: Option<Party> { column: "Consignor_*", zh: "发货人", need: Need::ALWAYS }
        /// Contract.
        contract_no: Option<String> { column: "Contract_No", zh: "合同号", size: 200, need: Need::FORM, example: "DR20140421" }
        /// Trade mode, two digits.
        trade_mode_code: Option<String> { column: "Trade_Mode_Code", zh: "贸易方式", size: 4, need: Need::FORM, example: "11" }
        /// Trading country.
        trade_country_code: Option<String> { column: "Trade_Country_Code", zh: "贸易国别(地区)", size: 8, need: Need::INBOUND_FORM, example: "DE" }
        /// Inbound the country of dispatch, outbound the country of destination.
        desp_ctry_code: Option<String> { column: "Desp_Ctry_Code", zh: "启运国/输往国", size: 8, need: Need::ALWAYS, example: "DE" }
        /// Port of dispatch.
        desp_port_code: Option<String> { column: "Desp_Port_Code", zh: "启运口岸", size: 8, need: Need::INBOUND_FORM, example: "DEU000" }
        /// Port of transit.
        port_stop_code: Option<String> { column: "Port_Stop_Code", zh: "经停口岸", size: 8, example: "SGP000" }
        /// Port of entry; outbound the port of departure.
        enty_port_code: Option<String> { column: "Enty_Port_Code", zh: "入境口岸", size: 8, need: Need::INBOUND, pattern: r"^\d{6}$", example: "310701" }
        /// Port of arrival abroad.
        arriv_port_code: Option<String> { column: "Arriv_Port_Code", zh: "到达口岸", size: 8, need: Need::OUTBOUND_FORM, example: "DEU000" }
        /// Domestic destination, a district of GB/T 2260.
        dest_code: Option<String> { column: "Dest_Code", zh: "目的地", size: 8, need: Need::INBOUND, pattern: r"^\d{6}$", example: "310114" }
        /// Inbound the day of dispatch, outbound the day of shipping.
        desp_date: Option<Day> { column: "Desp_Date", zh: "启运日期/发货日期", need: Need::FORM, example: "2014-04-08" }
        /// Day of arrival.
        gds_arvl_date: Option<Day> { column: "Gds_Arvl_Date", zh: "到货日期", need: Need::INBOUND_FORM, example: "2014-05-12" }
        /// Day on which discharge ended.
        cmpl_dschrg_dt: Option<Day> { column: "Cmpl_Dschrg_Dt", zh: "卸毕日期", example: "2014-05-12" }
        /// Transport mode, one digit of the bureau's list.
        trans_mode_code: Option<String> { column: "Trans_Mode_Code", zh: "运输方式", size: 4, need: Need::ALWAYS, example: "1" }
        /// Name of vessel, flight or vehicle.
        convynce_name: Option<String> { column: "Convynce_Name", zh: "运输工具名称", size: 200, need: Need::ALWAYS, example: "ORIENTAL PEARL" }
        /// Voyage or flight number.
        trans_mean_no: Option<String> { column: "Trans_Mean_No", zh: "运输工具号码", size: 200, need: Need::ALWAYS, example: "0514E" }
        /// IMO number of the vessel, where it is known.
        imo_no: Option<String> { zh: "船舶IMO编号", size: 7, pattern: r"^\d{7}$", example: "9312341" }
        /// Bill of lading; part of the key under which a D/O is declared once.
        bill_lad_no: Option<String> { column: "Bill_Lad_No", zh: "提运单号", size: 100, need: Need::INBOUND, example: "COSU6201400521" }
        /// House bill; part of the same key.
        split_bill_lad_no: Option<String> { column: "Split_Bill_Lad_No", zh: "分提单号", size: 200, example: "HB-0521-2" }
        /// Delivery order; part of the same key.
        delivery_order: Option<String> { column: "Delivery_Order", zh: "提货单号", size: 20, need: Need::INBOUND, example: "140512A" }
        /// Where the goods lie.
        goods_place: Option<String> { column: "Goods_Place", zh: "存放地点", size: 100, need: Need::ALWAYS, example: "外高桥港区四期堆场" }
        /// Until when a claim may be made.
        counter_claim: Option<Day> { column: "Counter_Claim", zh: "索赔有效期至", example: "2014-08-12" }
        /// Marks and numbers; `N/M` if there are none.
        mark_no: Option<String> { column: "Mark_No", zh: "标记及号码", size: 400, need: Need::FORM, example: "N/M" }
        /// Special business: 1 sports event, 2 military, 3 foreign aid, 4 conference.
        spec_decl_flag: Option<String> { column: "Spec_Decl_Flag", zh: "特种业务", size: 10, example: "3" }
        /// Special clearance: 1 direct release, 2 diplomatic, 3 transit.
        spec_pass_flag: Option<String> { column: "Spec_Pass_Flag", zh: "特殊通关模式", size: 5, example: "2" }
        /// Related declaration.
        correlation_decl_no: Option<String> { column: "Correlation_Decl_No", zh: "关联报检号", size: 500, example: "310900114000123" }
        /// Why it is related.
        correlation_reason_flag: Option<String> { column: "Correlation_Reason_Flag", zh: "关联理由", size: 2, example: "1" }
        /// Special requirements of contract or letter of credit.
        specl_insp_qura_re: Option<String> { column: "Specl_Insp_Qura_Re", zh: "特殊检验检疫要求", size: 500, example: "按合同第8条检验重量" }
        /// Total value in US dollars; if given, it must be the sum of the lines.
        total_val_us: Option<Figure> { column: "Total_Val_Us", zh: "总值(美元)", size: 2, example: "56341.46" }
        /// Total value in yuan; the bureau computes its own and compares.
        total_val_cn: Option<Figure> { column: "Total_Val_Cn", zh: "总值(人民币)", size: 2, example: "346500.00" }
        /// The goods stay in the container they came in.
        orig_box_flag: Option<bool> { column: "Orig_Box_Flag", zh: "原集装箱标识", example: "true" }
        /// All goods are covered by an approved type.
        type_approved: Option<bool> { zh: "型式认可", example: "false" }
        /// Wood packaging (木质包装).
        wood_packaging: Option<WoodPackaging> { zh: "木质包装", need: Need::INBOUND }
        /// Goods lines, in the order of the customs entry.
        goods: Vec<Goods> { column: "ITF_DCL_IO_DECL_GOODS", zh: "货物", size: super::MOST_LINES, need: Need::ALWAYS }
        /// Containers.
        containers: Vec<Container> { column: "ITF_DCL_IO_DECL_CONT", zh: "集装箱", size: 999 }
        /// Attached documents, by reference.
        attachments: Vec<Attachment> { column: "ITF_DCL_IO_DECL_ATT", zh: "随附单据", size: 99 }
        /// Certificates asked for.
        certificates: Vec<CertificateRequest> { column: "App_Cert_Code", zh: "申请单证", size: 24 }
        /// Users of the goods.
        users: Vec<User> { column: "ITF_DCL_IO_DECL_USER", zh: "使用人", size: 99 }
        /// Qualifications of the enterprise.
        qualifications: Vec<Qualification> { column: "ITF_DCL_IO_DECL_LIMIT", zh: "企业资质", size: 99 }
    }
}
