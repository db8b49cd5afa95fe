-- A journal of schema 2, as psoas-nudge left it.
PRAGMA application_id = 1886613345;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE days (                   -- what the entries of a local day add up to, see core/statistics.py
            day TEXT PRIMARY KEY,             -- 2026-11-23
            body TEXT NOT NULL                -- the sums as JSON
        ) STRICT, WITHOUT ROWID
        ;
INSERT INTO "days" VALUES('2025-11-23','{"first":"2025-11-23","last":"2025-11-23","sitting_seconds":1800.0,"longest_bout_seconds":1800.0,"bouts":1,"accepted":1,"skipped":0,"snoozed":0,"missed":0,"taken":0,"withdrawn":0,"stretches":1,"stretch_seconds":58.5}');
CREATE TABLE days_form (              -- the form of these sums; in another form they are made anew
            one INTEGER PRIMARY KEY CHECK (one = 1),
            form TEXT NOT NULL
        ) STRICT
        ;
INSERT INTO "days_form" VALUES(1,'1:sitting_seconds,longest_bout_seconds,bouts,accepted,skipped,snoozed,missed,taken,withdrawn,stretches,stretch_seconds');
CREATE TABLE entries (
            at_ms INTEGER NOT NULL,           -- when it was recorded, milliseconds since 1970 UTC
            id BLOB NOT NULL CHECK (length(id) = 16),
            offset_minutes INTEGER NOT NULL CHECK (abs(offset_minutes) < 1440), -- local time minus UTC, then
            kind TEXT NOT NULL,
            body TEXT NOT NULL,               -- the whole entry as JSON
            PRIMARY KEY (at_ms, id)
        ) STRICT, WITHOUT ROWID
        ;
INSERT INTO "entries" VALUES(1763886600000,X'019AB000000070008000000000000001',60,'hours','{"kind":"hours","open":true,"at":"2025-11-23T08:30:00Z"}');
INSERT INTO "entries" VALUES(1763888400000,X'019AB000000070008000000000000002',60,'prompt','{"kind":"prompt","number":1,"shown_at":"2025-11-23T08:55:00Z","closed_at":"2025-11-23T09:00:00Z","outcome":"accepted","routine":"standing-hip-flexor","notifier":"dbus","via":"notification","because":null,"at":"2025-11-23T09:00:00Z"}');
INSERT INTO "entries" VALUES(1763888520000,X'019AB000000070008000000000000003',60,'stretch','{"kind":"stretch","routine":"standing-hip-flexor","performed":true,"left_seconds":30.0,"right_seconds":28.5,"prompt":1,"at":"2025-11-23T09:02:00Z"}');
INSERT INTO "entries" VALUES(1763888520000,X'019AB000000070008000000000000004',60,'bout','{"kind":"bout","started":"2025-11-23T08:30:00Z","ended":"2025-11-23T09:00:00Z","sitting_seconds":1800.0,"ended_by":"accepted","at":"2025-11-23T09:02:00Z"}');
CREATE TABLE set_aside (              -- snapshots that a version could not read, and why
            number INTEGER PRIMARY KEY,
            why TEXT NOT NULL,
            body BLOB NOT NULL
        ) STRICT
        ;
CREATE TABLE snapshot (               -- the state of the core after the last step
            one INTEGER PRIMARY KEY CHECK (one = 1),
            body BLOB NOT NULL
        ) STRICT
        ;
INSERT INTO "snapshot" VALUES(1,X'7B226E6F77223A34322E302C2273686F776E5F746F646179223A317D');
CREATE INDEX entries_by_kind ON entries (kind, at_ms);
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entries_come_once BEFORE INSERT ON entries
        WHEN EXISTS (SELECT 1 FROM entries WHERE at_ms = NEW.at_ms AND id = NEW.id)
        BEGIN SELECT RAISE(IGNORE); END;
COMMIT;
