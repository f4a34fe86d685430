-- Run once by an administrator, in the database that Fotbot is to use. Every service has a schema, a
-- role that reads and writes rows, and a migrator role that owns what is in the schema. Passwords are
-- set apart: \password users, and so on.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
DO $$
DECLARE
    service text;
    migrator text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    FOREACH service IN ARRAY ARRAY['users', 'sessions', 'teams', 'sender'] LOOP
        migrator := service || '_migrator';
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', service);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = migrator) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', migrator);
        END IF;
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I, %I',
            current_database(), service, migrator);
        EXECUTE format('ALTER ROLE %I SET search_path = %I', service, service);
        EXECUTE format('ALTER ROLE %I SET search_path = %I', migrator, service);
        EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', service, migrator);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', service, service);
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I'
            ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', migrator, service, service);
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I'
            ' GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO %I', migrator, service, service);
    END LOOP;
END
$$;
