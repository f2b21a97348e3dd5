-- The first step of each module's schema, as the earliest clouds made it, and none of a later step.

CREATE TABLE schema_version (module TEXT PRIMARY KEY, version BIGINT NOT NULL);

CREATE TABLE site (site TEXT PRIMARY KEY, clinic_no TEXT NOT NULL UNIQUE, made BIGINT NOT NULL);
CREATE TABLE head (site TEXT PRIMARY KEY REFERENCES site, seq BIGINT NOT NULL, hash TEXT NOT
    NULL);
CREATE TABLE log (site TEXT NOT NULL REFERENCES site, seq BIGINT NOT NULL, id TEXT NOT NULL, at
    BIGINT NOT NULL, received BIGINT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, hash
    TEXT NOT NULL, kind TEXT NOT NULL, ticket TEXT, device TEXT, counter BIGINT, text TEXT NOT
    NULL, PRIMARY KEY (site, seq), UNIQUE (site, id));
CREATE INDEX log_ticket ON log (site, ticket) WHERE ticket IS NOT NULL;
CREATE INDEX log_device ON log (site, device, counter) WHERE device IS NOT NULL;
INSERT INTO schema_version (module, version) VALUES ('site', 1);

CREATE TABLE people (person TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password
    TEXT NOT NULL, added BIGINT NOT NULL);
CREATE TABLE person_sites (person TEXT NOT NULL REFERENCES people (person), site TEXT NOT NULL,
    PRIMARY KEY (person, site));
CREATE TABLE web_sessions (hash TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (person),
    began BIGINT NOT NULL, seen BIGINT NOT NULL);
CREATE INDEX web_sessions_by_person ON web_sessions (person, seen);
CREATE TABLE devices (device TEXT PRIMARY KEY, site TEXT NOT NULL, name TEXT NOT NULL, token TEXT
    NOT NULL UNIQUE, enrolled BIGINT NOT NULL, revoked BIGINT NOT NULL DEFAULT 0);
CREATE INDEX devices_by_site ON devices (site, enrolled);
CREATE TABLE enrolment_codes (hash TEXT PRIMARY KEY, site TEXT NOT NULL, made BIGINT NOT NULL,
    expires BIGINT NOT NULL, used BIGINT NOT NULL DEFAULT 0);
CREATE TABLE audit (id TEXT PRIMARY KEY, at BIGINT NOT NULL, act TEXT NOT NULL, subject TEXT NOT
    NULL, who TEXT NOT NULL, address TEXT NOT NULL);
CREATE INDEX audit_by_subject ON audit (act, subject, at);
CREATE INDEX audit_by_address ON audit (act, address, at);
CREATE INDEX audit_by_time ON audit (act, at);
INSERT INTO schema_version (module, version) VALUES ('identity', 1);

CREATE TABLE device_status (site TEXT NOT NULL, device TEXT NOT NULL, seen BIGINT NOT NULL,
    printer TEXT NOT NULL, version TEXT NOT NULL, clock TEXT NOT NULL, programme TEXT NOT NULL,
    media TEXT NOT NULL, PRIMARY KEY (site, device));
INSERT INTO schema_version (module, version) VALUES ('presence', 1);

CREATE TABLE ticket_code (code TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site, ticket TEXT
    NOT NULL, made BIGINT NOT NULL, UNIQUE (site, ticket));
INSERT INTO schema_version (module, version) VALUES ('intake', 1);

CREATE TABLE claim_key (site TEXT PRIMARY KEY REFERENCES site, key TEXT NOT NULL);
CREATE TABLE booking_card (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, digest TEXT
    NOT NULL, date TEXT NOT NULL, PRIMARY KEY (site, ticket));
CREATE INDEX booking_card_digest ON booking_card (site, digest);
INSERT INTO schema_version (module, version) VALUES ('claims', 1);

CREATE TABLE reissue_wait (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, number TEXT
    NOT NULL, device TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (site, ticket));
CREATE INDEX reissue_wait_at ON reissue_wait (at);
INSERT INTO schema_version (module, version) VALUES ('resolve', 1);

CREATE TABLE quarantine (site TEXT NOT NULL, device TEXT NOT NULL, id TEXT NOT NULL, received
    BIGINT NOT NULL, why TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (site, device, id));
INSERT INTO schema_version (module, version) VALUES ('quarantine', 1);

CREATE TABLE hours_exception (id TEXT PRIMARY KEY, begins BIGINT NOT NULL, ends BIGINT NOT NULL,
    open BIGINT NOT NULL, announced BIGINT NOT NULL, announced_by TEXT NOT NULL);
CREATE INDEX hours_exception_ends ON hours_exception (ends);
INSERT INTO schema_version (module, version) VALUES ('hours', 1);

CREATE TABLE notice (site TEXT NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL, id TEXT NOT
    NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, count BIGINT NOT NULL, detail TEXT NOT
    NULL, seen BIGINT NOT NULL DEFAULT 0, seen_by TEXT NOT NULL DEFAULT '', PRIMARY KEY (site,
    kind, device));
INSERT INTO schema_version (module, version) VALUES ('notices', 1);

CREATE TABLE recovery (site TEXT PRIMARY KEY, began BIGINT NOT NULL, seq BIGINT NOT NULL, opened
    BIGINT NOT NULL DEFAULT 0, taken BIGINT NOT NULL DEFAULT 0, first_heard BIGINT NOT NULL
    DEFAULT 0, last_heard BIGINT NOT NULL DEFAULT 0, ended BIGINT NOT NULL DEFAULT 0);
CREATE TABLE recovery_heard (site TEXT NOT NULL, device TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY
    KEY (site, device));
INSERT INTO schema_version (module, version) VALUES ('recovery', 1);

CREATE TABLE film (sha256 TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, size BIGINT
    NOT NULL, duration_ms BIGINT NOT NULL, added BIGINT NOT NULL);
CREATE TABLE programme (site TEXT NOT NULL REFERENCES site, programme TEXT NOT NULL UNIQUE,
    version BIGINT NOT NULL, begins BIGINT NOT NULL, ends BIGINT NOT NULL, distributed BIGINT NOT
    NULL, deadline BIGINT NOT NULL, approved BIGINT NOT NULL, approved_by TEXT NOT NULL, made
    BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (site, programme));
INSERT INTO schema_version (module, version) VALUES ('programmes', 1);

CREATE TABLE mail_address (user_id TEXT PRIMARY KEY, address TEXT NOT NULL);
CREATE TABLE reminder (site TEXT NOT NULL REFERENCES site, programme TEXT NOT NULL, user_id TEXT
    NOT NULL, days BIGINT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (site,
    programme, user_id, days));
INSERT INTO schema_version (module, version) VALUES ('reminders', 1);

CREATE TABLE contract_act (id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site, service TEXT
    NOT NULL, act TEXT NOT NULL, at BIGINT NOT NULL, begins BIGINT NOT NULL, ends BIGINT NOT NULL,
    cause TEXT NOT NULL, person TEXT NOT NULL);
CREATE INDEX contract_act_by_site ON contract_act (site, at);
CREATE TABLE contract_end (site TEXT NOT NULL REFERENCES site, service TEXT NOT NULL, act TEXT NOT
    NULL, due BIGINT NOT NULL, PRIMARY KEY (site, service));
CREATE INDEX contract_end_due ON contract_end (due);
INSERT INTO schema_version (module, version) VALUES ('contract', 1);

CREATE TABLE contract_mail (site TEXT NOT NULL REFERENCES site, act TEXT NOT NULL, person TEXT NOT
    NULL, queued BIGINT NOT NULL, tried BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL, PRIMARY
    KEY (site, act, person));
CREATE INDEX contract_mail_state ON contract_mail (state, queued);
INSERT INTO schema_version (module, version) VALUES ('contract mail', 1);

CREATE TABLE patient (site TEXT NOT NULL REFERENCES site, digest TEXT NOT NULL, expires BIGINT NOT
    NULL, PRIMARY KEY (site, digest));
CREATE INDEX patient_expires ON patient (expires);
INSERT INTO schema_version (module, version) VALUES ('patients', 1);

CREATE TABLE late (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (site, ticket));
INSERT INTO schema_version (module, version) VALUES ('holder', 1);

CREATE TABLE near_mail (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, address TEXT NOT
    NULL, language TEXT NOT NULL, state TEXT NOT NULL, made BIGINT NOT NULL, again BIGINT NOT
    NULL, tries BIGINT NOT NULL, PRIMARY KEY (site, ticket));
CREATE TABLE near_mail_off (token TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site, digest
    TEXT NOT NULL, refused BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX near_mail_off_digest ON near_mail_off (site, digest);
INSERT INTO schema_version (module, version) VALUES ('near mail', 1);

CREATE TABLE upload (site TEXT NOT NULL, upload TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind
    TEXT NOT NULL, title TEXT NOT NULL, size BIGINT NOT NULL, taken BIGINT NOT NULL, state TEXT
    NOT NULL, fault TEXT NOT NULL, checks TEXT NOT NULL, sha256 TEXT NOT NULL, made_by TEXT NOT
    NULL, made BIGINT NOT NULL, changed BIGINT NOT NULL, crashes BIGINT NOT NULL, PRIMARY KEY
    (site, upload));
CREATE INDEX upload_by_state ON upload (state, changed);
INSERT INTO schema_version (module, version) VALUES ('upload', 1);

CREATE TABLE play (site TEXT NOT NULL, device TEXT NOT NULL, log TEXT NOT NULL, seq BIGINT NOT
    NULL, hash TEXT NOT NULL, begins BIGINT NOT NULL, shown_ms BIGINT NOT NULL, frames BIGINT NOT
    NULL, film TEXT NOT NULL, planned TEXT NOT NULL, reason TEXT NOT NULL, programme TEXT NOT
    NULL, broken BIGINT NOT NULL, received BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (site,
    device, log, seq, hash));
CREATE INDEX play_by_time ON play (site, begins);
CREATE INDEX play_by_film ON play (film, begins);
CREATE TABLE play_head (site TEXT NOT NULL, device TEXT NOT NULL, log TEXT NOT NULL, seq BIGINT
    NOT NULL, hash TEXT NOT NULL, breaks BIGINT NOT NULL, PRIMARY KEY (site, device, log));
INSERT INTO schema_version (module, version) VALUES ('plays', 1);
