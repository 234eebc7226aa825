-- People of the desk: the operator's own data. Names of officers stand only here; entries carry
-- the pseudonymous ids. No book depends on these tables, so they are backed up, not proven.

-- Who officers belong to.
create table organisation (
    -- o_…, as entries name it
    organisation_id text primary key,
    name text not null,
    -- milliseconds since 1970, like every instant here
    made_at integer not null
) strict;

-- Who works at the desk.
create table officer (
    -- u_…, as entries name it
    officer_id text primary key,
    organisation_id text not null references organisation,
    -- what is typed to sign in; lower case
    sign_in text not null unique,
    name text not null,
    -- argon2id in the form $argon2id$v=19$m=…,t=…,p=…$salt$hash; none until a one-time code set it
    password text,
    -- the shared secret of the second factor (RFC 6238); none where it isn't set up
    second_secret blob,
    -- a secret shown and not confirmed yet
    second_pending blob,
    -- the last 30-second step whose code was taken: none is taken twice
    second_step integer not null,
    made_at integer not null
) strict;

-- What an officer may do, where, and for how long. Never removed, only revoked.
create table officer_grant (
    -- g_…
    grant_id text primary key,
    officer_id text not null references officer,
    role text not null,
    -- code of an estate; none for the instance
    estate text,
    -- first and last day in Shanghai, YYYY-MM-DD; none without an end
    from_day text not null,
    until_day text,
    granted_at integer not null,
    -- u_…, or u_cli for the command line
    granted_by text not null,
    revoked_at integer,
    revoked_by text
) strict;
create index officer_grant_officer on officer_grant (officer_id);

-- Who is signed in. The token itself is nowhere.
create table session (
    -- SHA-256 of the token, hex
    session_id text primary key,
    officer_id text not null references officer,
    made_at integer not null,
    -- last asked for something, to the minute
    seen_at integer not null,
    -- family of browser and system, to know one's own session by
    agent text not null
) strict;
create index session_officer on session (officer_id);

-- Codes that are good once: a new password, or in place of the second factor.
create table one_time_code (
    -- SHA-256 of the code, hex
    code_id text primary key,
    officer_id text not null references officer,
    -- password or second
    purpose text not null,
    made_at integer not null,
    expires_at integer
) strict;
create index one_time_code_officer on one_time_code (officer_id);

-- Keys for programs.
create table api_token (
    -- SHA-256 of the token, hex
    token_id text primary key,
    officer_id text not null references officer,
    label text not null,
    -- pairs estate:verb with blanks between
    scopes text not null,
    made_at integer not null,
    used_at integer,
    revoked_at integer
) strict;
create index api_token_officer on api_token (officer_id);

-- What happened to sign-ins, unpublished; each row carries the hash of the one before.
create table sign_in_audit (
    -- from 0 without gap
    audit_id integer primary key,
    -- SHA-256(0x00 || body)
    hash blob not null,
    -- JSON: prev, seq, time, what and whom it concerns
    body text not null
) strict;

create trigger sign_in_audit_is_never_changed before update on sign_in_audit
begin
    select raise(abort, 'the audit is append-only: update refused');
end;

create trigger sign_in_audit_is_never_removed before delete on sign_in_audit
begin
    select raise(abort, 'the audit is append-only: delete refused');
end;
