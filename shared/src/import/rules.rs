//! What is told of files of declarations and of messages in the forms of others, by line.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule(
        "character-malformed",
        "不是UTF-8或GBK编码的文本",
        "A line is text in neither UTF-8 nor GBK",
    )
    .at(&["/lines/*"]),
    rule("file-empty", "文件中没有报检单", "There is no declaration in the file").at(&["/lines/*"]),
    rule("too-many-declarations", "份数过多", "The file holds more declarations than one may")
        .at(&["/lines/*"]),
    rule("too-many-rows", "行数过多", "There are more rows than one answer or table may have")
        .at(&["/lines/*", "/query/to"])
        .shared_by(&[Group::Import, Group::Payment]),
    rule("line-too-long", "一行最多1MiB", "A line is longer than 1 MiB"),
    rule("declaration-too-large", "一份报检单最多1MiB", "A declaration weighs more than 1 MiB"),
    rule("csv-malformed", "CSV格式有误", "The CSV cannot be read").at(&["/lines/*"]),
    rule("table-empty", "表中没有内容", "There is nothing in the table").at(&["/lines/*"]),
    rule(
        "cell-disagrees",
        "与同一份报检单前面各行不一致",
        "A cell says otherwise than the lines before it of the same declaration",
    ),
    rule("workbook-empty", "工作簿没有工作表", "The workbook has no sheet").at(&["/lines/*"]),
    rule("workbook-malformed", "不是可读的XLSX工作簿", "The workbook cannot be read")
        .at(&["/lines/*"]),
    rule("workbook-too-large", "工作簿解压后过大", "The workbook unpacks to more than is read")
        .at(&["/lines/*"]),
    rule(
        "not-your-own",
        "报检单位登记号不是本单位的",
        "A declaration of somebody else stands in the file",
    )
    .at(&["/decl_reg_no"]),
    message("message-unknown", "不是所支持的报文", "The message is of no kind that is read")
        .at(&["/lines/*"]),
    message("declaration-missing", "报文中没有报检单", "There is no declaration in the message")
        .at(&["/lines/*"]),
    message(
        "declarations-several",
        "一个报文只能有一份报检单",
        "There is more than one declaration in the message",
    )
    .at(&["/lines/*"]),
    message(
        "charset-refused",
        "报文编码不受支持",
        "The XML is in a character set that is not read",
    )
    .at(&["/lines/*"])
    .shared_by(&[Group::Import, Group::Payment]),
    message("xml-malformed", "XML格式有误", "The XML is not well-formed")
        .at(&["/lines/*"])
        .shared_by(&[Group::Import, Group::Payment]),
    message(
        "xml-too-large",
        "XML层次过深、过长或元素过多",
        "The XML is too deep, too long or has too many elements",
    )
    .at(&["/lines/*"])
    .shared_by(&[Group::Import, Group::Payment]),
    message("doctype-refused", "不接受DTD声明", "The XML has a document type declaration")
        .at(&["/lines/*"])
        .shared_by(&[Group::Import, Group::Payment]),
    message(
        "entity-refused",
        "不接受自定义实体",
        "The XML uses an entity that is none of XML's own five",
    )
    .at(&["/lines/*"])
    .shared_by(&[Group::Import, Group::Payment]),
    message("truncated", "文件不完整", "The file breaks off")
        .at(&["/lines/*"])
        .shared_by(&[Group::Import, Group::Payment]),
    message(
        "code-unmapped",
        "代码无法对照，照原样转入",
        "No table knows a code: it is passed on as it stands",
    )
    .at(&["/lines/*"]),
    message("flag-unknown", "既非是也非否，未转入", "A flag is neither yes nor no, and left out")
        .at(&["/lines/*"]),
    message("not-carried", "报检单没有对应的栏目", "A declaration has no place for this element")
        .at(&["/lines/*"])
        .told(),
    message("assigned-here", "由检验检疫机构确定", "The bureau itself says what this element says")
        .at(&["/lines/*"])
        .told(),
    message("said-twice", "已有其他元素说明", "Another element has said it already")
        .at(&["/lines/*"])
        .told(),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Import], Stage::File, code, (zh, en)).by("docs/bulk.md")
}

const fn message(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Import], Stage::File, code, (zh, en)).by("docs/files.md")
}
