//! Who may ask for what: one table (domain R10), printed into `docs/api-design.md`.
//!
//! A permission says that somebody of that role may ask at all. Whose case it is, which office, and who is
//! excluded by what they did before, is checked where the row is read.
use crate::kernel::Role;

macro_rules! permissions {
    ($($name:ident $verb:literal [$($role:ident)*]),* $(,)?) => {
        /// What a caller may ask for: `noun:verb`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission { $(#[doc = $verb] $name),* }

        impl Permission {
            /// The whole table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// `declaration:accept`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $verb),* }
            }

            /// The roles that hold it.
            #[must_use]
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &[$(Role::$role),*]),* }
            }
        }
    };
}

permissions! {
    DeclarationFile "declaration:file" [Declarant],
    DeclarationRead "declaration:read" [Declarant AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    DeclarationResubmit "declaration:resubmit" [Declarant],
    DeclarationAmend "declaration:amend" [Declarant],
    DeclarationWithdraw "declaration:withdraw" [Declarant],
    DeclarationChangeReleaseOffice "declaration:change-release-office" [Declarant],
    DeclarationAccept "declaration:accept" [AcceptanceOfficer],
    DeclarationReturn "declaration:return" [AcceptanceOfficer],
    DeclarationReject "declaration:reject" [AcceptanceOfficer],
    DeclarationCancel "declaration:cancel" [DutyChief],
    AmendmentDecide "amendment:decide" [AcceptanceOfficer],
    WithdrawalDecide "withdrawal:decide" [AcceptanceOfficer],
    WorkRead "work:read" [AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    ImportAsk "import:ask" [Declarant],
    ImportRead "import:read" [Declarant],
    ImportCancel "import:cancel" [Declarant],
    RuleRead "rule:read" [Declarant AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director Administrator],

    FeeNoticeRead "fee-notice:read" [Declarant AcceptanceOfficer FeeOfficer Cashier ReleaseOfficer DutyChief],
    FeeNoticePay "fee-notice:pay" [Declarant],
    FeeNoticeVoid "fee-notice:void" [FeeOfficer],
    PaymentRead "payment:read" [Declarant FeeOfficer Cashier DutyChief],
    FeeNoticeCollect "fee-notice:collect" [Cashier],
    ShiftRead "shift:read" [Cashier DutyChief Director],
    ShiftOpen "shift:open" [Cashier],
    ShiftClose "shift:close" [Cashier DutyChief],
    ReceiptRead "receipt:read" [Declarant FeeOfficer Cashier DutyChief Director],
    ReceiptPrint "receipt:print" [Cashier],
    RefundRead "refund:read" [Declarant FeeOfficer Cashier DutyChief Director],
    RefundPropose "refund:propose" [FeeOfficer],
    RefundApprove "refund:approve" [FeeOfficer DutyChief],
    RefundRefuse "refund:refuse" [FeeOfficer DutyChief],
    RefundExecute "refund:execute" [Cashier],
    BankDayRead "bank-day:read" [FeeOfficer Cashier DutyChief Director],
    BankDayClose "bank-day:close" [DutyChief],
    SuspenseRead "suspense:read" [FeeOfficer Cashier DutyChief Director],
    StatementUpload "statement:upload" [Cashier],
    DifferenceExplain "difference:explain" [Cashier],
    DifferenceApprove "difference:approve" [DutyChief],
    PaymentReportRead "payment-report:read" [FeeOfficer Cashier DutyChief Director],
    PostingRead "posting:read" [Declarant FeeOfficer Cashier DutyChief Director],
    LedgerAudit "ledger:audit" [DutyChief Director],
    AgreementRead "agreement:read" [Declarant FeeOfficer Cashier DutyChief],
    AgreementSign "agreement:sign" [FeeOfficer],
    AgreementSuspend "agreement:suspend" [FeeOfficer],
    AgreementResume "agreement:resume" [FeeOfficer],
    AgreementEnd "agreement:end" [FeeOfficer Declarant],
    MonthlySettlementRead "monthly-settlement:read" [Declarant FeeOfficer Cashier DutyChief Director],
    MonthlySettlementGrant "monthly-settlement:grant" [DutyChief],
    MonthlySettlementSuspend "monthly-settlement:suspend" [FeeOfficer DutyChief],
    MonthlySettlementResume "monthly-settlement:resume" [DutyChief],
    MonthlySettlementEnd "monthly-settlement:end" [DutyChief Declarant],
    MonthlyStatementRead "monthly-statement:read" [Declarant FeeOfficer Cashier DutyChief Director],
    MonthlyStatementPay "monthly-statement:pay" [Declarant],

    InspectionRead "inspection:read" [Declarant Inspector ReleaseOfficer DutyChief AcceptanceOfficer],
    InspectionAppoint "inspection:appoint" [Declarant Inspector],
    InspectionOrder "inspection:order" [Inspector],
    InspectionDeselect "inspection:deselect" [DutyChief],
    InspectionStart "inspection:start" [Inspector],
    InspectionSample "inspection:sample" [Inspector],
    InspectionReportSample "inspection:report-sample" [Inspector],
    InspectionSign "inspection:sign" [Inspector],
    TreatmentOrder "treatment:order" [Inspector],
    TreatmentVerify "treatment:verify" [Inspector],
    InspectionClose "inspection:close" [Inspector],

    HandoffRead "handoff:read" [AcceptanceOfficer Inspector ReleaseOfficer DutyChief Declarant],
    HandoffAccept "handoff:accept" [AcceptanceOfficer Inspector ReleaseOfficer DutyChief],
    HandoffRefuse "handoff:refuse" [AcceptanceOfficer Inspector ReleaseOfficer DutyChief],
    HandoffRecall "handoff:recall" [AcceptanceOfficer Inspector ReleaseOfficer DutyChief],
    HandoffOffer "handoff:offer" [DutyChief],

    ClearanceFormRead "clearance-form:read" [Declarant ReleaseOfficer DutyChief AcceptanceOfficer Inspector],
    ClearanceFormIssue "clearance-form:issue" [ReleaseOfficer],
    ClearanceFormVoid "clearance-form:void" [ReleaseOfficer],
    DeclarationRelease "declaration:release" [ReleaseOfficer],

    DirectEnterpriseRead "direct-enterprise:read" [Declarant AcceptanceOfficer Inspector ReleaseOfficer DutyChief Director],
    DirectEnterpriseApply "direct-enterprise:apply" [Declarant],
    DirectEnterpriseApprove "direct-enterprise:approve" [AcceptanceOfficer DutyChief],
    DirectEnterpriseRefuse "direct-enterprise:refuse" [AcceptanceOfficer DutyChief],
    DirectEnterpriseSuspend "direct-enterprise:suspend" [AcceptanceOfficer Inspector ReleaseOfficer DutyChief Director],
    DirectEnterprisePush "direct-enterprise:push" [DutyChief Administrator],
    DirectSealApply "direct-seal:apply" [Inspector],
    DirectConsignmentRead "direct-consignment:read" [Declarant AcceptanceOfficer Inspector ReleaseOfficer DutyChief Director],
    DirectConsignmentIssue "direct-consignment:issue" [ReleaseOfficer],
    DirectConsignmentArrive "direct-consignment:arrive" [Inspector ReleaseOfficer],
    DirectConsignmentCheck "direct-consignment:check" [Inspector],
    DirectConsignmentExit "direct-consignment:exit" [Inspector ReleaseOfficer],
    DirectConsignmentLook "direct-consignment:look-at-goods" [Inspector],
    DirectConsignmentResolve "direct-consignment:resolve" [DutyChief],
    DirectConsignmentStop "direct-consignment:stop" [Inspector],
    DirectConsignmentReturn "direct-consignment:return" [DutyChief],
    DirectConsignmentCorrect "direct-consignment:correct" [ReleaseOfficer],
    DirectConsignmentRecall "direct-consignment:recall" [ReleaseOfficer],
    DirectConsignmentConfirm "direct-consignment:confirm" [ReleaseOfficer DutyChief],

    CreditEventRead "credit-event:read" [Declarant AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    CreditEventRecord "credit-event:record" [AcceptanceOfficer FeeOfficer Inspector CertificationOfficer ReleaseOfficer DutyChief],
    CreditEventStrike "credit-event:strike" [DutyChief],
    CreditChangeRead "credit-change:read" [Declarant AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    CreditChangePropose "credit-change:propose" [AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    CreditChangeConfirm "credit-change:confirm" [AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    CreditChangeRefuse "credit-change:refuse" [AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    CreditRecognitionRead "credit-recognition:read" [Declarant AcceptanceOfficer Inspector ReleaseOfficer DutyChief Director],
    CreditRecognitionAcknowledge "credit-recognition:acknowledge" [AcceptanceOfficer DutyChief],
    CreditRecognitionRefuse "credit-recognition:refuse" [AcceptanceOfficer DutyChief],
    CreditRecognitionActivate "credit-recognition:activate" [DutyChief],
    CreditRecognitionSuspend "credit-recognition:suspend" [AcceptanceOfficer Inspector ReleaseOfficer DutyChief Director],
    CreditRecognitionResume "credit-recognition:resume" [DutyChief],
    CreditRecognitionRevoke "credit-recognition:revoke" [DutyChief],
    CreditPush "credit:push" [DutyChief Administrator],
    CreditStandingRead "credit-standing:read" [Declarant AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],

    StatisticsRead "statistics:read" [DutyChief Director Administrator AcceptanceOfficer FeeOfficer ReleaseOfficer],

    OrganisationRead "organisation:read" [Administrator],
    OrganisationCreate "organisation:create" [Administrator],
    OrganisationDisable "organisation:disable" [Administrator],
    OrganisationEnable "organisation:enable" [Administrator],
    StaffRead "staff:read" [Administrator],
    StaffCreate "staff:create" [Administrator],
    StaffDisable "staff:disable" [Administrator],
    StaffEnable "staff:enable" [Administrator],
    StaffUnlock "staff:unlock" [Administrator],
    StaffResetPassword "staff:reset-password" [Administrator],
    ClientRead "client:read" [Administrator],
    ClientCreate "client:create" [Administrator],
    ClientRotate "client:rotate" [Administrator],
    ClientRevoke "client:revoke" [Administrator],
    PowerOfAttorneyRead "power-of-attorney:read" [Administrator Declarant],
    PowerOfAttorneyGrant "power-of-attorney:grant" [Administrator Declarant],
    PowerOfAttorneyRevoke "power-of-attorney:revoke" [Administrator Declarant],
    EligibilityRead "eligibility:read" [Declarant AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    EligibilityApply "eligibility:apply" [Declarant],
    EligibilityReview "eligibility:review" [AcceptanceOfficer DutyChief],
    EligibilityApprove "eligibility:approve" [AcceptanceOfficer DutyChief],
    EligibilitySuspend "eligibility:suspend" [AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    EligibilityReinstate "eligibility:reinstate" [AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    EligibilityRemove "eligibility:remove" [AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],

    ReferenceRead "reference:read" [Administrator Declarant AcceptanceOfficer FeeOfficer Cashier Inspector CertificationOfficer ReleaseOfficer DutyChief Director],
    ReferenceImport "reference:import" [Administrator],
    NcNoticeRead "nc-notice:read" [Inspector DutyChief AcceptanceOfficer ReleaseOfficer Director],
    NcNoticeDraft "nc-notice:draft" [Inspector],
    NcNoticeDiscard "nc-notice:discard" [Inspector DutyChief],
    NcNoticeApprove "nc-notice:approve" [DutyChief],
    NcNoticeSend "nc-notice:send" [DutyChief],
    NcNoticeClose "nc-notice:close" [DutyChief],
    NcNoticeReopen "nc-notice:reopen" [DutyChief],
    ReceivedNcNoticeRead "received-nc-notice:read" [Inspector DutyChief AcceptanceOfficer ReleaseOfficer Director],
    ReceivedNcNoticeAcknowledge "received-nc-notice:acknowledge" [AcceptanceOfficer DutyChief],
    ReceivedNcNoticeReply "received-nc-notice:reply" [DutyChief],
    SuspensionDecide "suspension:decide" [DutyChief],
    FacilitationBlockRead "facilitation-block:read" [Inspector DutyChief AcceptanceOfficer ReleaseOfficer Director],
    FacilitationBlockLift "facilitation-block:lift" [DutyChief],
    ExchangeRead "exchange:read" [Administrator DutyChief],
    ExchangeRedrive "exchange:redrive" [Administrator],
    PartnerRegister "partner:register" [Administrator],
    PartnerChange "partner:change" [Administrator],
    PartnerSuspend "partner:suspend" [Administrator DutyChief],
    PartnerResume "partner:resume" [Administrator],
    PartnerPing "partner:ping" [Administrator DutyChief],
    PartnerKeyAdd "partner-key:add" [Administrator],
    PartnerKeyRevoke "partner-key:revoke" [Administrator],
    MemorandumAgree "memorandum:agree" [Administrator],
    MemorandumEnd "memorandum:end" [Administrator],
    TransferCreate "transfer:create" [CertificationOfficer Inspector],
    TransferRead "transfer:read" [Declarant AcceptanceOfficer Inspector CertificationOfficer ReleaseOfficer DutyChief],
    TransferRevoke "transfer:revoke" [CertificationOfficer DutyChief],
    TransferUnlock "transfer:unlock" [CertificationOfficer DutyChief],
    TransferAgree "transfer:agree-to-correction" [CertificationOfficer DutyChief],
    TransferAmendmentDecide "transfer-amendment:decide" [CertificationOfficer DutyChief],
    TransferClaim "transfer:claim" [Declarant],
    TransferReturn "transfer:return" [DutyChief],
    ChangeRead "change:read" [Declarant],
    ChangeAcknowledge "change:acknowledge" [Declarant],
    WebhookEndpointRead "webhook-endpoint:read" [Declarant],
    WebhookEndpointRegister "webhook-endpoint:register" [Declarant],
    WebhookEndpointChange "webhook-endpoint:change" [Declarant],
    WebhookEndpointChallenge "webhook-endpoint:challenge" [Declarant],
    WebhookEndpointRotateSecret "webhook-endpoint:rotate-secret" [Declarant],
    WebhookEndpointDisable "webhook-endpoint:disable" [Declarant],
    WebhookEndpointEnable "webhook-endpoint:enable" [Declarant],
    WebhookDeliveryReplay "webhook-delivery:replay" [Declarant],
    JobRead "job:read" [Administrator],
    JobRedrive "job:redrive" [Administrator],
    ClockMove "clock:move" [Declarant Administrator],
    TestPlay "test:play" [Declarant Administrator],
}

impl Permission {
    #[must_use]
    pub fn is_held_by(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles().contains(role))
    }
}

/// The table of `docs/permissions.md`.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "# Permissions\n\nWho may ask for what (domain R10). Whose case it is, which office acts, and who is \
         excluded by what they did before, is checked where the row is read.\n\n| permission | roles |\n|---|---|\n",
    );
    for permission in Permission::ALL {
        let roles: Vec<_> = permission.roles().iter().map(|role| role.name()).collect();
        page += &["| `", permission.name(), "` | ", &roles.join(", "), " |\n"].concat();
    }
    page
}
