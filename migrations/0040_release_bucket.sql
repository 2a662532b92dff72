-- A SQL function is inlined only where its body is as immutable as it says: adding an interval to a time is not, since
-- days differ in length. Called as a function it was parsed anew by every statement that wrote declarations.
create or replace function release_bucket(filed timestamptz, released timestamptz) returns smallint
    language sql immutable parallel safe as
$$ select floor(8 / ln(2::float8) * ln(
    case when date_part('epoch', released - filed) < 0.001::float8 then 1::float8
         else 1000 * date_part('epoch', released - filed) end
))::smallint $$;
