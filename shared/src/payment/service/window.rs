//! The cashier's window: a drawer that is opened and closed with a count, and money that is taken by hand.
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    monthly::{Moved, follow},
    pay::{debit_by_agreement, hold_notice},
};
use crate::{
    kernel::{Actor, Failure, Fen, Page, PageRequest, Role, Violations, money::Amount},
    ledger::Tx,
    payment::{
        event, job,
        model::{
            Billed, Channel, FeeNotice, NoticeId, PaymentId, Scope, Shift, ShiftId, ShiftState,
        },
        posting::{Account, Posting},
        status::notice::NoticeAction,
        store::{self, window::Collected},
        tariff::late_fee,
    },
};

const MISSING: Failure = Failure::Missing("shift");

/// A drawer about to be opened.
#[derive(Clone, Debug)]
pub struct ShiftDraft {
    pub window_no: i16,
    /// Change money, counted in.
    pub float: Amount,
}

/// A cashier opens a window with a counted drawer.
pub async fn open_shift(tx: &mut Tx, actor: &Actor, draft: &ShiftDraft) -> Result<Shift, Failure> {
    let cashier = actor.person()?;
    let office = actor.office().ok_or(Failure::Forbidden("a shift belongs to an office"))?;
    let mut wrong = Violations::default();
    if !(1..=99).contains(&draft.window_no) {
        let (zh, en) = ("窗口号为1至99", "a window has a number from 1 to 99");
        wrong.error("/window_no", "window-malformed", zh, en);
    }
    let float = counted(&draft.float, "/float", &mut wrong);
    let float = wrong.finish(float)?;
    let (id, now) = (ShiftId::mint(tx.now), tx.now);
    let opened = store::window::open(tx, now, id, (office, draft.window_no), cashier, float).await;
    opened.map_err(explain)?;
    tx.record(
        actor,
        &event::ShiftOpened { shift: id, window_no: draft.window_no, float_fen: float },
    )?;
    shift(tx, actor, id).await
}

/// Cash that was counted: nothing, or more.
fn counted(amount: &Amount, pointer: &str, wrong: &mut Violations) -> Option<Fen> {
    let fen = amount.in_fen().filter(|fen| *fen >= Fen(0));
    if fen.is_none() {
        let (zh, en) = ("金额应为不小于零的人民币金额", "an amount of CNY, zero or more");
        wrong.error(pointer, "amount-malformed", zh, en);
    }
    fen
}

fn explain(error: sqlx::Error) -> Failure {
    match error.as_database_error().and_then(|error| error.constraint()) {
        Some("shifts_one_of_cashier") => Failure::refused(
            "payment/shift-open",
            "this cashier has an open shift already: close it first",
        ),
        Some("shifts_one_at_window") => {
            Failure::refused("payment/window-taken", "another cashier sits at that window")
        }
        _ => error.into(),
    }
}

/// The drawer, counted.
#[derive(Clone, Debug)]
pub struct Count {
    pub counted: Amount,
    pub note: Option<String>,
}

/// Counts the drawer and closes it: the difference is stated and booked, and what is above the change money goes to
/// the safe. By the cashier, or by a duty chief in their place.
pub async fn close_shift(
    tx: &mut Tx,
    actor: &Actor,
    id: ShiftId,
    count: &Count,
) -> Result<Shift, Failure> {
    let person = actor.person()?;
    let scope = Scope::of(actor, "shift")?;
    let shift = hold(tx, &scope, id).await?;
    tx.must_be_current(shift.revision)?;
    if shift.cashier_id != person && !actor.holds(Role::DutyChief) {
        return Err(Failure::Forbidden("another cashier's drawer is closed by a duty chief"));
    }
    if shift.state == ShiftState::Closed {
        return Err(Failure::refused("payment/shift-closed", "this drawer was counted already"));
    }
    let mut wrong = Violations::default();
    let counted = counted(&count.counted, "/counted", &mut wrong);
    let note = filled(count.note.as_deref());
    if counted.is_some_and(|counted| counted != shift.expected()) && note.is_none() {
        let (zh, en) = ("现金长短款须说明原因", "a difference needs a note");
        wrong.error("/note", "note-required", zh, en);
    }
    let counted = wrong.finish(counted)?;
    let now = tx.now;
    store::book::post(tx, now, closing(&shift, counted)).await?;
    store::window::close(tx, now, id, (shift.expected(), counted), note).await?;
    tx.record(
        actor,
        &event::ShiftClosed {
            shift: id,
            expected_fen: shift.expected(),
            counted_fen: counted,
            difference_fen: counted.0 - shift.expected().0,
            reason: note,
        },
    )?;
    self::shift(tx, actor, id).await
}

/// The drawer is empty in the books afterwards.
fn closing(shift: &Shift, counted: Fen) -> Vec<Posting> {
    let drawer = shift.drawer();
    let drawer = Account::Drawer(&drawer);
    let move_in = |cause, into, fen: i64| {
        let (debit, credit) = if fen > 0 { (into, drawer) } else { (drawer, into) };
        (fen != 0).then(|| Posting::new(cause, debit, credit, Fen(fen.abs())))
    };
    let missing = shift.expected().0 - counted.0;
    let handed_in = counted.0 - shift.float.0;
    [
        move_in("drawer-difference", Account::CashDifference(&shift.office), missing),
        move_in("drawer-handed-in", Account::Safe(&shift.office), handed_in),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is laid down at the window.
#[derive(Clone, Debug)]
pub struct Tender {
    pub channel: Channel,
    /// In cash; what is above the amount is change.
    pub tendered: Option<Amount>,
    pub slip_no: Option<String>,
    pub drawn_on: Option<String>,
}

impl Tender {
    /// What was laid down in cash, or all that is wrong with what was laid down.
    fn check(&self, amount: Fen) -> Result<Option<Fen>, Violations> {
        let mut wrong = Violations::default();
        let mut tendered = None;
        if self.channel == Channel::Cash {
            tendered = self.tendered.as_ref().and_then(Amount::in_fen);
            if tendered.is_none_or(|tendered| tendered < amount) {
                let en = format!("{} yuan are to be paid", amount.in_yuan());
                wrong.error("/tendered", "tendered-short", "现金不足", en);
            }
        }
        must_have_slip(self.channel, filled(self.slip_no.as_deref()), &mut wrong);
        if self.channel == Channel::Cheque && filled(self.drawn_on.as_deref()).is_none() {
            let (zh, en) = ("请填写付款银行", "the bank of the cheque is missing");
            wrong.error("/drawn_on", "bank-missing", zh, en);
        }
        wrong.finish(Some(tendered))
    }
}

/// What somebody filled in, without blanks around it; nothing, where it is blank.
pub(super) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Cards and cheques leave a slip or a cheque of which the number is kept, whichever way the money goes.
pub(super) fn must_have_slip(channel: Channel, slip_no: Option<&str>, wrong: &mut Violations) {
    if matches!(channel, Channel::Pos | Channel::Cheque) && slip_no.is_none() {
        let (zh, en) = ("请填写单据号", "the number of the slip or cheque is missing");
        wrong.error("/slip_no", "slip-missing", zh, en);
    }
}

/// A cashier takes the money for a notice, with the late fee as of today. By hand it is paid at once.
pub async fn collect(
    tx: &mut Tx,
    actor: &Actor,
    id: NoticeId,
    tender: &Tender,
) -> Result<Billed, Failure> {
    let cashier = actor.person()?;
    let scope = Scope::of(actor, "fee notice")?;
    let notice = hold_notice(tx, &scope, id).await?;
    let shift = shift_of(tx, cashier).await?;
    if tender.channel == Channel::Epay {
        debit_by_agreement(tx, actor, &notice).await?;
        return super::read::billed(tx, id).await;
    }
    let to = notice.state.take(NoticeAction::Debit)?.take(NoticeAction::Succeed)?;
    let late = late_fee(notice.late_rate, notice.total, notice.due_on, tx.today());
    let late = late.map_or(Fen(0), |line| line.charged);
    let tendered = tender.check(notice.total + late)?;
    let payment = Collected {
        id: PaymentId::mint(tx.now),
        notice: id,
        reg_no: &notice.reg_no,
        channel: tender.channel,
        amount: notice.total + late,
        late,
        shift: shift.id,
        cashier,
        tendered,
        slip_no: tender.slip_no.as_deref().map(str::trim),
        drawn_on: tender.drawn_on.as_deref().map(str::trim),
    };
    let now = tx.now;
    store::window::collect(tx, now, &payment).await?;
    store::notice::step(tx, &[id.0], to, now).await?;
    store::book::post(tx, now, received(&notice, &payment, &shift)).await?;
    tx.record(
        actor,
        &event::Collected {
            declaration: notice.declaration_id,
            notice: id,
            payment: payment.id,
            channel: tender.channel,
            shift: shift.id,
            amount_fen: payment.amount,
            late_fen: late,
            notice_from: notice.state,
            notice_to: to,
        },
    )?;
    let FeeNotice { statement_id: statement, due_on, .. } = notice;
    follow(tx, vec![Moved { statement, reg_no: &notice.reg_no, due_on }]).await?;
    tx.enqueue(&job::Settled { declaration: notice.declaration_id })?;
    super::read::billed(tx, id).await
}

fn received(notice: &FeeNotice, payment: &Collected<'_>, shift: &Shift) -> Vec<Posting> {
    let owed = Account::Receivable(&notice.reg_no);
    let drawer = shift.drawer();
    let into = till(payment.channel, &drawer, &shift.office);
    let paid = Posting::new("payment-collected", into, owed, payment.amount);
    let late = (payment.late > Fen(0))
        .then(|| Posting::new("late-fee", owed, Account::LateIncome, payment.late));
    let postings = [Some(paid), late].into_iter().flatten();
    postings.map(|posting| posting.for_notice(notice.id).for_payment(payment.id)).collect()
}

/// Where money lies that was taken by hand.
pub(super) const fn till<'a>(channel: Channel, drawer: &'a str, office: &'a str) -> Account<'a> {
    match channel {
        Channel::Pos => Account::Pos(office),
        Channel::Cheque => Account::Cheques(office),
        Channel::Cash | Channel::Epay => Account::Drawer(drawer),
    }
}

/// The open shift of a cashier, held until the transaction ends. The notice is held before.
pub(super) async fn shift_of(tx: &mut Tx, cashier: Uuid) -> Result<Shift, Failure> {
    let id = store::window::lock_open_of(tx, cashier).await?.ok_or_else(|| {
        let detail = "open a shift first: money is taken and paid out in one";
        Failure::refused("payment/no-open-shift", detail)
    })?;
    store::window::read(tx, id, &Scope::ALL).await?.ok_or(MISSING)
}

async fn hold(tx: &mut Tx, scope: &Scope<'_>, id: ShiftId) -> Result<Shift, Failure> {
    store::window::lock(tx, id).await?;
    store::window::read(tx, id, scope).await?.ok_or(MISSING)
}

/// Shifts are the office's.
pub async fn shift(conn: &mut PgConnection, actor: &Actor, id: ShiftId) -> Result<Shift, Failure> {
    let scope = Scope::of(actor, "shift")?;
    store::window::read(conn, id, &scope).await?.ok_or(MISSING)
}

pub async fn shifts(
    conn: &mut PgConnection,
    actor: &Actor,
    state: Option<ShiftState>,
    page: PageRequest,
) -> Result<Page<Shift>, Failure> {
    let scope = Scope::of(actor, "shift")?;
    Ok(Page::cut(store::window::list(conn, &scope, state, page).await?, page))
}
