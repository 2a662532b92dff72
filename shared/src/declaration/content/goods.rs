//! Goods lines, their packages and licences (domain 2.3).
use super::{Day, Figure, Need, document};

document! {
    /// One line of goods (货物).
    Goods as "DeclarationGoods" {
        /// Line number, unique in the declaration.
        goods_no: Option<u16> { column: "Goods_No", zh: "货物序号", need: Need::ALWAYS, example: "1" }
        /// Ten digits of the tariff; what no loaded table knows counts as outside the catalogue.
        hs_code: Option<String> { column: "Prod_Hs_Code", zh: "HS编码", size: 10, need: Need::ALWAYS, pattern: r"^\d{10}$", example: "7318159090" }
        /// Sub-classification by the bureau, three digits.
        ciq_code: Option<String> { column: "Ciq_Code", zh: "CIQ编码", size: 3, pattern: r"^\d{3}$", example: "999" }
        /// Name in Chinese; one language is enough.
        cname: Option<String> { column: "Decl_Goods_Cname", zh: "货物名称(中文)", size: 500, example: "钢制螺钉" }
        /// Name in English; one language is enough.
        ename: Option<String> { column: "Decl_Goods_Ename", zh: "货物名称(外文)", size: 500, example: "Steel screws" }
        /// Specification.
        spec: Option<String> { column: "Goods_Spec", zh: "货物规格", size: 500, example: "M8x40" }
        /// Model.
        model: Option<String> { column: "Goods_Model", zh: "货物型号", size: 200, example: "DIN 912" }
        /// Brand.
        brand: Option<String> { column: "Goods_Brand", zh: "货物品牌", size: 200, example: "DERUI" }
        /// Country of origin.
        ori_ctry_code: Option<String> { column: "Ori_Ctry_Code", zh: "原产国(地区)", size: 8, need: Need::INBOUND, example: "DE" }
        /// Production place, a district of GB/T 2260.
        orig_place_code: Option<String> { column: "Orig_Place_Code", zh: "产地", size: 8, need: Need::OUTBOUND_FORM, pattern: r"^\d{6}$", example: "330109" }
        /// Quantity; with a unit, quantity or weight must be given.
        qty: Option<Figure> { column: "Qty", zh: "数量", size: 4, example: "12000" }
        /// Unit of the quantity, three digits of the bureau's list.
        qty_meas_unit: Option<String> { column: "Qty_Meas_Unit", zh: "数量单位", size: 4, example: "007" }
        /// Weight; with a unit, quantity or weight must be given.
        weight: Option<Figure> { column: "Weight", zh: "重量", size: 4, example: "18600.0000" }
        /// Unit of the weight.
        wt_meas_unit: Option<String> { column: "Wt_Meas_Unit", zh: "重量单位", size: 4, example: "035" }
        /// Quantity in the tariff's first legal unit.
        std_qty: Option<Figure> { column: "Std_Qty", zh: "标准数量", size: 4, example: "12000" }
        /// That unit.
        std_qty_unit_code: Option<String> { column: "Std_Qty_Unit_Code", zh: "标准数量单位", size: 4, example: "007" }
        /// Weight in the tariff's first legal unit.
        std_weight: Option<Figure> { column: "Std_Weight", zh: "标准重量", size: 4, example: "18600.0000" }
        /// That unit.
        std_weight_unit_code: Option<String> { column: "Std_Weight_Unit_Code", zh: "标准重量单位", size: 4, example: "035" }
        /// Currency of price and value.
        currency: Option<String> { column: "Currency", zh: "币种", size: 4, need: Need::ALWAYS, example: "EUR" }
        /// Price of one unit.
        price_per_unit: Option<Figure> { column: "Price_Per_Unit", zh: "单价", size: 10, example: "2.2177" }
        /// Value of the line.
        goods_total_val: Option<Figure> { column: "Goods_Total_Val", zh: "货物总值", size: 4, need: Need::ALWAYS, example: "41250.00" }
        /// The same in US dollars.
        total_val_us: Option<Figure> { column: "Total_Val_Us", zh: "货物总值(美元)", size: 2, example: "56341.46" }
        /// The same in yuan; the bureau computes its own and compares.
        total_val_cn: Option<Figure> { column: "Total_Val_Cn", zh: "货物总值(人民币)", size: 2, example: "346500.00" }
        /// Use, two digits.
        purpose: Option<String> { column: "Purpose", zh: "用途", size: 4, need: Need::FORM, example: "99" }
        /// Attributes, two digits each.
        goods_attr: Vec<String> { column: "Goods_Attr", zh: "货物属性", size: 4, pattern: r"^\d{2}$" }
        /// Registration of the producer.
        mnufctr_reg_no: Option<String> { column: "Mnufctr_Reg_No", zh: "生产单位注册号", size: 20, need: Need::OUTBOUND_FORM, example: "3300600001" }
        /// Name of the producer.
        mnufctr_name: Option<String> { column: "Mnufctr_Name", zh: "生产单位名称", size: 150, example: "萧山羽绒厂" }
        /// Producer abroad.
        eng_man_ent_cnm: Option<String> { column: "Eng_Man_Ent_Cnm", zh: "境外生产企业", size: 150, example: "Derui Befestigungstechnik GmbH" }
        /// Day of production; food must tell it.
        produce_date: Option<Day> { column: "Produce_Date", zh: "生产日期", example: "2013-10-01" }
        /// Lot; food must tell it.
        prod_batch_no: Option<String> { column: "Prod_Batch_No", zh: "生产批号", size: 200, example: "L13-1001" }
        /// Day of expiry.
        prod_valid_dt: Option<Day> { column: "Prod_Valid_Dt", zh: "产品有效期", example: "2023-10-01" }
        /// Shelf life in days.
        prod_qgp: Option<Figure> { column: "Prod_Qgp", zh: "产品保质期(天)", size: 0, example: "3650" }
        /// Composition.
        stuff: Option<String> { column: "Stuff", zh: "成份/原料", size: 400, example: "碳钢" }
        /// The goods are dangerous.
        is_dangerous: Option<bool> { column: "No_Dang_Flag", zh: "危险货物", example: "false" }
        /// UN number of dangerous goods.
        un_code: Option<String> { column: "Un_Code", zh: "UN编码", size: 10, pattern: r"^\d{4}$", example: "1263" }
        /// Name of dangerous goods.
        dang_name: Option<String> { column: "Dang_Name", zh: "危险货物名称", size: 200, example: "涂料" }
        /// Packing group of dangerous goods: 1, 2 or 3.
        pack_type: Option<String> { column: "Pack_Type", zh: "危包类别", size: 4, pattern: "^[123]$", example: "2" }
        /// Packing specification of dangerous goods.
        pack_spec: Option<String> { column: "Pack_Spec", zh: "危包规格", size: 200, example: "1A1" }
        /// Packages; auxiliary wood packaging is always declared.
        packages: Vec<Package> { column: "ITF_DCL_IO_DECL_GOODS_PACK", zh: "包装", size: 99 }
        /// Licences used by this line.
        licences: Vec<Licence> { column: "ITF_DCL_IO_DECL_GOODS_LIMIT", zh: "许可证", size: 99 }
        /// Containers in which this line lies.
        container_nos: Vec<String> { column: "ITF_DCL_IO_DECL_GOODS_CONT", zh: "货物所在集装箱", size: 20 }
    }
}

document! {
    /// One kind of packages of a line (包装).
    Package as "DeclarationPackage" {
        /// Kind, of the bureau's list.
        pack_code: Option<String> { column: "Pack_Code", zh: "包装种类", size: 10, need: Need::ALWAYS, example: "4G" }
        /// Number of packages.
        pack_qty: Option<Figure> { column: "Pack_Qty", zh: "包装件数", size: 0, need: Need::FORM, example: "744" }
        /// The main packaging, not an auxiliary one.
        is_main: Option<bool> { column: "Is_Main_Pack", zh: "主要包装", example: "true" }
    }
}

document! {
    /// A licence that a line uses (许可证), by number.
    Licence as "DeclarationLicence" {
        /// Type.
        lic_type_code: Option<String> { column: "Lic_Type_Code", zh: "许可证类别", size: 10, need: Need::ALWAYS, example: "517" }
        /// Number.
        licence_no: Option<String> { column: "Licence_No", zh: "许可证号", size: 40, need: Need::ALWAYS, example: "310000201400517" }
        /// Line of the licence.
        lic_wrtof_detail_no: Option<String> { column: "Lic_Wrtof_Detail_No", zh: "核销货物序号", size: 10, example: "1" }
        /// Quantity to be written off.
        lic_wrtof_qty: Option<Figure> { column: "Lic_Wrtof_Qty", zh: "核销数量", size: 4, example: "9000" }
    }
}
