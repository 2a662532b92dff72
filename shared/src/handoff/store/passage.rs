//! What is known beside a handoff that goes from one bureau to another.
use sqlx::PgConnection;

use crate::{
    declaration::DeclarationId,
    handoff::{HandoffId, Passage, State, protocol::Way},
};

pub(in crate::handoff) async fn insert(
    conn: &mut PgConnection,
    passage: &Passage,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into handoff_passages (handoff_id, declaration_id, generation, partner, way, told)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        passage.handoff_id.0,
        passage.declaration_id.0,
        passage.generation,
        passage.partner,
        passage.way.name(),
        passage.told.map(State::name),
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::handoff) async fn of_declaration(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Passage>> {
    sqlx::query_as!(
        Passage,
        r#"
        select p.handoff_id as "handoff_id: HandoffId", p.declaration_id as "declaration_id: DeclarationId",
            p.generation, p.partner, p.way as "way: Way", p.told as "told: State",
            h.state as "state?: State", h.expires_at as "expires_at?"
        from handoff_passages p left join handoffs h on h.id = p.handoff_id
        where p.declaration_id = $1
        order by p.generation
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::handoff) async fn told(
    conn: &mut PgConnection,
    id: HandoffId,
    state: Option<State>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update handoff_passages set told = $2 where handoff_id = $1",
        id.0,
        state.map(State::name),
    )
    .execute(conn)
    .await?;
    Ok(())
}
