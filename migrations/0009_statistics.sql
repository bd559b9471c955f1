-- Until PostgreSQL's autovacuum comes by, up to a minute after a large import, the planner takes new tables for empty and
-- joins them row by row. Before PostgreSQL 17 only an owner may analyze, and the application owns nothing: this function
-- does it for it, for one table a call, because readers of events wait for whoever has been at work the longest.
create function suture_analyze(name text) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from pg_class c
              where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname = name) then
    execute format('analyze public.%I', name);
  end if;
end $$;
revoke all on function suture_analyze from public;
grant execute on function suture_analyze to suture_worker;
