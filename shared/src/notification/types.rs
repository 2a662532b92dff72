//! What an outsider may learn of: the public events, each with what it means.
//!
//! Events between offices (交接), of people, of books and of other bureaus are nobody else's business. What stands
//! here is part of the contract: new ones come, old ones stay.

/// What an event is about, and so whose it is and where more of it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Told to the unit that declared it.
    Declaration,
    /// Told to whoever declared at the origin, or claimed it at the port.
    Transfer,
    /// Told to the client's organisation.
    Endpoint,
}

impl About {
    /// The word in payloads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::Transfer => "transfer",
            Self::Endpoint => "webhook_endpoint",
        }
    }

    /// The path of the list in which the record is.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Declaration => "/v1/declarations",
            Self::Transfer => "/v1/transfers",
            Self::Endpoint => "/v1/webhook-endpoints",
        }
    }
}

/// A kind of event that an outsider may learn of.
#[derive(Clone, Copy, Debug)]
pub struct EventType {
    /// `declaration.released`: as in timelines.
    pub name: &'static str,
    pub about: About,
    pub meaning_zh: &'static str,
    pub meaning_en: &'static str,
}

macro_rules! types {
    ($($about:ident { $($name:literal $zh:literal $en:literal)* })*) => {
        /// The whole table.
        pub const ALL: &[EventType] = &[$($(
            EventType { name: $name, about: About::$about, meaning_zh: $zh, meaning_en: $en },
        )*)*];
    };
}

types! {
    Declaration {
        "declaration.filed" "收到一个版本" "A version of the declaration came in."
        "declaration.returned" "退回更正，缺陷已一次性告知" "It was returned for correction, with all defects."
        "declaration.referred" "转人工审单" "An officer has to look at it."
        "declaration.resubmitted" "更正后重新提交" "The next version was handed in."
        "declaration.accepted" "受理" "It was accepted and has its number."
        "declaration.rejected" "不予受理" "It was rejected."
        "declaration.selected" "抽批抽中" "It was drawn for inspection."
        "declaration.released" "放行" "The goods are released."
        "declaration.closed" "结案" "The case is closed."
        "declaration.withdrawal_requested" "申请撤销" "The declarant wants it back."
        "declaration.withdrawal_refused" "不同意撤销" "It stays: the wish to take it back was refused."
        "declaration.withdrawn" "撤销" "It was taken back."
        "declaration.auto_withdrawn" "逾期自动撤销" "It was withdrawn after thirty days of silence."
        "declaration.cancelled" "由检验检疫机构注销" "The bureau cancelled it."
        "declaration.release_office_changed" "改变放行地" "Another office releases it."
        "amendment.requested" "申请更改" "A change was asked for."
        "amendment.referred" "征询产地局" "The bureau that inspected the goods is asked about a change."
        "amendment.approved" "同意更改" "A change was approved."
        "amendment.refused" "不同意更改" "A change was refused."
        "amendment.withdrawn" "撤回更改申请" "The wish to change it was taken back."
        "inspection.ordered" "布控查验" "An inspector ordered a check."
        "inspection.deselected" "取消抽批" "It is not inspected after all."
        "inspection.appointed" "预约查验" "An appointment was made."
        "inspection.started" "开始施检" "The inspection began."
        "inspection.sampled" "取样送检" "Samples are with the laboratory."
        "inspection.sample_reported" "实验室出具结果" "The laboratory reported."
        "inspection.passed" "检验检疫合格" "The goods conform."
        "inspection.failed" "检验检疫不合格" "The goods do not conform."
        "inspection.reworked" "返工整理" "The goods were reworked and are inspected again."
        "inspection.closed" "退运或销毁完毕" "The goods are gone: returned or destroyed."
        "treatment.ordered" "出具处理通知" "Treatment was ordered."
        "treatment.verified" "处理合格" "The treatment worked."
        "treatment.failed" "处理不合格" "The treatment failed."
        "clearance_form.issued" "签发通关单" "A clearance form was issued."
        "clearance_form.voided" "通关单作废" "A clearance form is void."
        "clearance_form.expired" "通关单过期" "A clearance form ran out."
        "payment.notice_issued" "开具收费通知单" "A fee notice was issued."
        "payment.notice_lapsed" "逾期未缴" "A fee notice is overdue."
        "payment.notice_voided" "收费通知单作废" "A fee notice is void."
        "payment.notice_refunded" "已退费" "Money paid for a fee notice is back with the payer."
        "payment.created" "发起扣款" "A debit was promised."
        "payment.succeeded" "缴费成功" "The bank took the money."
        "payment.failed" "扣款失败" "The bank took nothing."
        "payment.collected" "窗口收费" "The fee was paid at the window."
        "payment.reversed" "银行冲正" "The bank took its success back: the notice is owed again."
        "payment.refund_owed" "应退费" "Money is owed back."
        "payment.refund_refused" "不同意退费" "A refund was refused."
        "payment.refund_executed" "退费完成" "A refund was paid."
        "payment.refund_failed" "退费失败" "A refund did not go through."
    }
    Transfer {
        "transfer.created" "生成电子转单" "An electronic transfer was made, or received by the port."
        "transfer.received" "口岸局收到" "The port has the transfer."
        "transfer.claimed" "凭单号密码认领" "Somebody showed its number and password."
        "transfer.claim_withdrawn" "撤回认领" "The claim was taken back."
        "transfer.check_ordered" "口岸核查货证" "The port checks goods against papers."
        "transfer.check_passed" "货证相符" "Goods and papers agree."
        "transfer.check_waived" "免于核查" "There is no check after all."
        "transfer.check_failed" "货证不符" "Goods and papers do not agree."
        "transfer.swapped" "换发通关单" "It was exchanged for a clearance form."
        "transfer.returned" "退回产地" "The goods go back to the origin."
        "transfer.consumed" "已通关" "Customs has used the form."
        "transfer.expired" "转单过期" "Its last day is over."
        "transfer.revocation_applied" "产地局撤销" "The origin took it back."
    }
    Endpoint {
        "webhook.endpoint_disabled" "停止推送" "An endpoint gets nothing any more: it said 410, failed for days, or its owner said so."
    }
}

impl EventType {
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|one| one.name == name)
    }
}

/// Their names, as the sequencer asks for them.
#[must_use]
pub fn names() -> Vec<String> {
    ALL.iter().map(|one| one.name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_type_stands_twice_and_each_says_what_it_means_in_both_languages() {
        let mut names = names();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), ALL.len());
        for one in ALL {
            assert!(one.meaning_en.ends_with('.') && !one.meaning_zh.is_empty(), "{}", one.name);
            assert!(EventType::find(one.name).is_some());
        }
    }

    #[test]
    fn what_happens_between_offices_is_not_told() {
        for inner in
            ["handoff.offered", "payment.lost_sight", "exchange.pinged", "ledger.job_redriven"]
        {
            assert!(EventType::find(inner).is_none(), "{inner}");
        }
    }
}
