-- Delius's tables, as far as the integration needs them. Days are ISO 8601 text. Times are Europe/London wall time without
-- an offset, as Delius keeps them: contacts to the minute, what was written when to the second.

CREATE TABLE signing_key (jwk TEXT NOT NULL);

-- Goes up with each write to an NSI or a contact, and never back: cursors into the feed of changes outlive a reset.
CREATE TABLE change_counter (value INTEGER NOT NULL);

CREATE TABLE provider (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL
);

CREATE TABLE team (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    provider_id INTEGER NOT NULL REFERENCES provider (id),
    active INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE office (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    building_name TEXT,
    building_number TEXT,
    street_name TEXT,
    town TEXT,
    county TEXT,
    postcode TEXT,
    active INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE team_office (
    team_id INTEGER NOT NULL REFERENCES team (id),
    office_code TEXT NOT NULL REFERENCES office (code),
    PRIMARY KEY (team_id, office_code)
);

CREATE TABLE staff (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    forename TEXT,
    surname TEXT NOT NULL
);

CREATE TABLE staff_team (
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    team_id INTEGER NOT NULL REFERENCES team (id),
    PRIMARY KEY (staff_id, team_id)
);

CREATE TABLE account (
    username TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    auth_source TEXT NOT NULL,
    roles TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    staff_id INTEGER REFERENCES staff (id),
    email TEXT
);

CREATE TABLE authorization_code (
    code TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT,
    expires_at REAL NOT NULL
);

CREATE TABLE refresh_token (
    token TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    client_id TEXT NOT NULL,
    expires_at REAL NOT NULL
);

CREATE TABLE requirement_category (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL
);

CREATE TABLE nsi_type (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    length_unit TEXT,
    minimum_length INTEGER,
    maximum_length INTEGER,
    allows_duplicates INTEGER NOT NULL DEFAULT 1,
    selectable INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE nsi_sub_type (
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    code TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (nsi_type_code, code)
);

-- The providers that may use a type; all of them where it has none here.
CREATE TABLE nsi_type_provider (
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    provider_code TEXT NOT NULL REFERENCES provider (code),
    PRIMARY KEY (nsi_type_code, provider_code)
);

CREATE TABLE requirement_category_nsi_type (
    category_code TEXT NOT NULL REFERENCES requirement_category (code),
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    PRIMARY KEY (category_code, nsi_type_code)
);

CREATE TABLE contact_type (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    attendance INTEGER NOT NULL,
    location TEXT NOT NULL DEFAULT 'NOT_ALLOWED',
    cja INTEGER NOT NULL DEFAULT 1,
    legacy INTEGER NOT NULL DEFAULT 1,
    for_person_only INTEGER NOT NULL DEFAULT 0,
    system_generated INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE contact_type_nsi_type (
    contact_type_code TEXT NOT NULL REFERENCES contact_type (code),
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    PRIMARY KEY (contact_type_code, nsi_type_code)
);

-- `only_type_code` narrows an outcome to one type, `except_type_code` to all but one; `by_hand` is false for those that
-- rescheduling alone gives.
CREATE TABLE contact_outcome (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    attended INTEGER NOT NULL,
    complied INTEGER NOT NULL,
    only_type_code TEXT REFERENCES contact_type (code),
    except_type_code TEXT REFERENCES contact_type (code),
    by_hand INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE enforcement_action (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL
);

CREATE TABLE outcome_enforcement_action (
    outcome_code TEXT NOT NULL REFERENCES contact_outcome (code),
    action_code TEXT NOT NULL REFERENCES enforcement_action (code),
    PRIMARY KEY (outcome_code, action_code)
);

CREATE TABLE nsi_status (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    contact_type_code TEXT NOT NULL REFERENCES contact_type (code)
);

CREATE TABLE nsi_type_status (
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    status_code TEXT NOT NULL REFERENCES nsi_status (code),
    PRIMARY KEY (nsi_type_code, status_code)
);

-- `language` and `disabilities` are JSON as the contract shows them.
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    crn TEXT NOT NULL UNIQUE,
    forename TEXT,
    middle_name TEXT,
    surname TEXT NOT NULL,
    preferred_name TEXT,
    date_of_birth TEXT,
    gender_code TEXT,
    gender TEXT,
    mobile_number TEXT,
    telephone_number TEXT,
    language TEXT,
    disabilities TEXT,
    restriction_message TEXT,
    exclusion_message TEXT
);

-- A restricted record may be seen by the accounts listed here and by no other.
CREATE TABLE restriction (
    person_id INTEGER NOT NULL REFERENCES person (id),
    username TEXT NOT NULL REFERENCES account (username),
    PRIMARY KEY (person_id, username)
);

-- A record may not be seen by the accounts listed here.
CREATE TABLE exclusion (
    person_id INTEGER NOT NULL REFERENCES person (id),
    username TEXT NOT NULL REFERENCES account (username),
    PRIMARY KEY (person_id, username)
);

CREATE TABLE manager (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    team_id INTEGER NOT NULL REFERENCES team (id),
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    active INTEGER NOT NULL DEFAULT 1
);

-- Without an order while the court has not sentenced yet: `order_description` is null.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    event_number TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    referral_date TEXT NOT NULL,
    main_offence TEXT,
    order_description TEXT,
    legislation TEXT,
    order_start TEXT,
    order_end TEXT
);

CREATE TABLE requirement (
    id INTEGER PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES event (id),
    category_code TEXT NOT NULL REFERENCES requirement_category (code),
    sub_category_code TEXT,
    sub_category_description TEXT,
    length INTEGER,
    length_unit TEXT,
    start_date TEXT NOT NULL,
    termination_date TEXT,
    soft_deleted INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE nsi (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    event_id INTEGER REFERENCES event (id),
    requirement_id INTEGER REFERENCES requirement (id),
    type_code TEXT NOT NULL REFERENCES nsi_type (code),
    sub_type_code TEXT,
    status_code TEXT NOT NULL REFERENCES nsi_status (code),
    status_date TEXT NOT NULL,
    referral_date TEXT NOT NULL,
    start_date TEXT,
    end_date TEXT,
    length INTEGER,
    notes TEXT,
    provider_code TEXT NOT NULL REFERENCES provider (code),
    team_code TEXT NOT NULL REFERENCES team (code),
    staff_code TEXT NOT NULL REFERENCES staff (code),
    external_reference TEXT UNIQUE,
    active INTEGER NOT NULL DEFAULT 1,
    soft_deleted INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    change_sequence INTEGER NOT NULL,
    FOREIGN KEY (type_code, sub_type_code) REFERENCES nsi_sub_type (nsi_type_code, code)
);

CREATE TABLE contact (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    event_id INTEGER REFERENCES event (id),
    requirement_id INTEGER REFERENCES requirement (id),
    nsi_id INTEGER REFERENCES nsi (id),
    type_code TEXT NOT NULL REFERENCES contact_type (code),
    starts TEXT NOT NULL,
    ends TEXT,
    notes TEXT,
    sensitive INTEGER NOT NULL DEFAULT 0,
    rar_activity INTEGER,
    rar_category TEXT,
    rar_category_description TEXT,
    rar_sub_category TEXT,
    rar_sub_category_description TEXT,
    office_code TEXT REFERENCES office (code),
    provider_code TEXT NOT NULL REFERENCES provider (code),
    team_code TEXT NOT NULL REFERENCES team (code),
    staff_code TEXT NOT NULL REFERENCES staff (code),
    outcome_code TEXT REFERENCES contact_outcome (code),
    enforcement_code TEXT REFERENCES enforcement_action (code),
    rescheduled_to INTEGER REFERENCES contact (id),
    external_reference TEXT UNIQUE,
    version INTEGER NOT NULL DEFAULT 1,
    soft_deleted INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    change_sequence INTEGER NOT NULL
);

-- The requests to record an outcome that were carried out, by their Idempotency-Key.
CREATE TABLE outcome_request (
    contact_id INTEGER NOT NULL REFERENCES contact (id),
    request_id TEXT NOT NULL,
    PRIMARY KEY (contact_id, request_id)
);

-- What left the feed of changes of an NSI type: an NSI that was taken out, a contact that hangs from it no longer.
CREATE TABLE gone (
    id INTEGER PRIMARY KEY,
    nsi_type_code TEXT NOT NULL,
    crn TEXT NOT NULL,
    nsi_id INTEGER,
    contact_id INTEGER,
    changed_at TEXT NOT NULL,
    change_sequence INTEGER NOT NULL
);

CREATE TABLE registration (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    type_code TEXT NOT NULL,
    type_description TEXT NOT NULL,
    level_code TEXT,
    level_description TEXT,
    notes TEXT,
    start_date TEXT NOT NULL,
    next_review_date TEXT,
    active INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE personal_circumstance (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    type_code TEXT NOT NULL,
    type_description TEXT NOT NULL,
    description TEXT NOT NULL,
    start_date TEXT NOT NULL,
    end_date TEXT,
    notes TEXT
);

CREATE INDEX event_person ON event (person_id);
CREATE INDEX manager_person ON manager (person_id);
CREATE INDEX manager_staff ON manager (staff_id);
CREATE INDEX manager_team ON manager (team_id);
CREATE INDEX requirement_event ON requirement (event_id);
CREATE INDEX nsi_person ON nsi (person_id, type_code);
CREATE INDEX nsi_change ON nsi (change_sequence);
CREATE INDEX contact_person ON contact (person_id, starts);
CREATE INDEX contact_nsi ON contact (nsi_id);
CREATE INDEX contact_change ON contact (change_sequence);
CREATE INDEX gone_change ON gone (change_sequence);
CREATE INDEX registration_person ON registration (person_id);
CREATE INDEX personal_circumstance_person ON personal_circumstance (person_id);

-- Contacts of an attendance type, with everything that an answer tells of them.
CREATE VIEW appointment AS
SELECT
    contact.*,
    person.crn,
    contact_type.description AS type_description,
    contact_type.location,
    nsi.type_code AS nsi_type_code,
    nsi_type.description AS nsi_type_description,
    nsi.sub_type_code AS nsi_sub_type_code,
    nsi_sub_type.description AS nsi_sub_type_description,
    staff.forename AS staff_forename,
    staff.surname AS staff_surname,
    contact_outcome.description AS outcome_description,
    contact_outcome.attended,
    contact_outcome.complied,
    enforcement_action.description AS enforcement_description,
    office.description AS office_description,
    office.building_name,
    office.building_number,
    office.street_name,
    office.town,
    office.county,
    office.postcode
FROM contact
JOIN person ON person.id = contact.person_id
JOIN contact_type ON contact_type.code = contact.type_code AND contact_type.attendance
LEFT JOIN nsi ON nsi.id = contact.nsi_id
LEFT JOIN nsi_type ON nsi_type.code = nsi.type_code
LEFT JOIN nsi_sub_type ON nsi_sub_type.nsi_type_code = nsi.type_code AND nsi_sub_type.code = nsi.sub_type_code
LEFT JOIN staff ON staff.code = contact.staff_code
LEFT JOIN contact_outcome ON contact_outcome.code = contact.outcome_code
LEFT JOIN enforcement_action ON enforcement_action.code = contact.enforcement_code
LEFT JOIN office ON office.code = contact.office_code;

-- NSIs, with everything that an answer tells of them.
CREATE VIEW described_nsi AS
SELECT
    nsi.*,
    person.crn,
    nsi_type.description AS type_description,
    nsi_type.length_unit,
    nsi_sub_type.description AS sub_type_description,
    nsi_status.description AS status_description,
    account.name AS author_name,
    author.forename AS author_forename,
    author.surname AS author_surname,
    (
        SELECT count(*) FROM contact JOIN contact_type ON code = type_code
        WHERE nsi_id = nsi.id AND attendance AND NOT contact.soft_deleted
    ) AS appointment_count,
    (
        SELECT date(max(starts)) FROM contact JOIN contact_type ON code = type_code
        WHERE nsi_id = nsi.id AND attendance AND NOT contact.soft_deleted
    ) AS last_appointment
FROM nsi
JOIN person ON person.id = nsi.person_id
JOIN nsi_type ON nsi_type.code = nsi.type_code
JOIN nsi_status ON nsi_status.code = nsi.status_code
LEFT JOIN nsi_sub_type ON nsi_sub_type.nsi_type_code = nsi.type_code AND nsi_sub_type.code = nsi.sub_type_code
LEFT JOIN account ON account.username = nsi.created_by
LEFT JOIN staff AS author ON author.id = account.staff_id;
