-- Until PostgreSQL's autovacuum comes by, up to a minute after a large import, the planner takes new tables for empty and
-- joins them row by row. Only an owner may analyze, and the application owns nothing: this function does it for it, for
-- the tables of one slice whose number of rows, as the planner has it, such an import has changed by a tenth or more.
create function suture_analyze(slice text, rows int) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare name text;
begin
  for name in
    select c.relname from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and starts_with(c.relname, slice || '_')
       and c.reltuples < rows * 10.0
     order by c.relname
  loop
    execute format('analyze public.%I', name);
  end loop;
end $$;
revoke all on function suture_analyze from public;
grant execute on function suture_analyze to suture_worker;
