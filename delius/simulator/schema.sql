-- The record system's tables. Dates are ISO 8601 text. Times are Europe/London wall time without an offset, as Delius keeps
-- them: contacts to the minute, status dates to the second.

CREATE TABLE signing_key (jwk TEXT NOT NULL);

CREATE TABLE provider (
    id INTEGER PRIMARY KEY,
    code TEXT UNIQUE,
    description TEXT NOT NULL
);

CREATE TABLE team (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    provider_id INTEGER NOT NULL REFERENCES provider (id),
    district TEXT NOT NULL,
    telephone TEXT,
    active INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE office (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    building_name TEXT,
    building_number TEXT,
    street_name TEXT,
    town_city TEXT,
    county TEXT,
    postcode TEXT
);

-- No key: Delius lists an office as often as it was linked to the team.
CREATE TABLE team_office (
    team_id INTEGER NOT NULL REFERENCES team (id),
    office_code TEXT NOT NULL REFERENCES office (code)
);

CREATE TABLE staff (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    forenames TEXT NOT NULL,
    surname TEXT NOT NULL,
    provider_id INTEGER NOT NULL REFERENCES provider (id)
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
    email TEXT,
    telephone TEXT
);

CREATE TABLE account_provider (
    username TEXT NOT NULL REFERENCES account (username),
    provider_code TEXT NOT NULL REFERENCES provider (code),
    PRIMARY KEY (username, provider_code)
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
    allows_active_duplicates INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE nsi_sub_type (
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    code TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (nsi_type_code, code)
);

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
    location_rule TEXT NOT NULL DEFAULT 'NOT_REQUIRED',
    cja INTEGER NOT NULL DEFAULT 1,
    legacy INTEGER NOT NULL DEFAULT 1,
    national_standard INTEGER NOT NULL DEFAULT 0,
    offender_level INTEGER NOT NULL DEFAULT 0,
    whole_order_level INTEGER NOT NULL DEFAULT 1,
    system_generated INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE contact_type_requirement_category (
    contact_type_code TEXT NOT NULL REFERENCES contact_type (code),
    category_code TEXT NOT NULL REFERENCES requirement_category (code),
    PRIMARY KEY (contact_type_code, category_code)
);

CREATE TABLE contact_type_nsi_type (
    contact_type_code TEXT NOT NULL REFERENCES contact_type (code),
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    PRIMARY KEY (contact_type_code, nsi_type_code)
);

CREATE TABLE contact_outcome (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    attended INTEGER NOT NULL,
    complied INTEGER NOT NULL
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

CREATE TABLE nsi_outcome (
    code TEXT PRIMARY KEY,
    description TEXT NOT NULL
);

CREATE TABLE nsi_type_outcome (
    nsi_type_code TEXT NOT NULL REFERENCES nsi_type (code),
    outcome_code TEXT NOT NULL REFERENCES nsi_outcome (code),
    PRIMARY KEY (nsi_type_code, outcome_code)
);

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    crn TEXT NOT NULL UNIQUE,
    noms_number TEXT,
    pnc_number TEXT,
    title TEXT,
    first_name TEXT NOT NULL,
    middle_names TEXT NOT NULL DEFAULT '[]',
    surname TEXT NOT NULL,
    preferred_name TEXT,
    date_of_birth TEXT,
    gender TEXT,
    contact_details TEXT NOT NULL DEFAULT '{}',
    profile TEXT NOT NULL DEFAULT '{}',
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
    provider_id INTEGER NOT NULL REFERENCES provider (id),
    team_id INTEGER NOT NULL REFERENCES team (id),
    staff_id INTEGER NOT NULL REFERENCES staff (id),
    from_date TEXT NOT NULL,
    to_date TEXT,
    active INTEGER NOT NULL DEFAULT 1,
    soft_deleted INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    event_number TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    referral_date TEXT NOT NULL,
    conviction_date TEXT NOT NULL,
    offence_code TEXT NOT NULL,
    offence_description TEXT NOT NULL,
    sentence_id INTEGER NOT NULL,
    sentence_type_code TEXT NOT NULL,
    sentence_description TEXT NOT NULL,
    sentence_start TEXT NOT NULL,
    sentence_months INTEGER NOT NULL,
    sentence_expected_end TEXT NOT NULL,
    sentence_terminated TEXT,
    cja INTEGER NOT NULL DEFAULT 1,
    legacy INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE requirement (
    id INTEGER PRIMARY KEY,
    event_id INTEGER NOT NULL REFERENCES event (id),
    category_code TEXT NOT NULL REFERENCES requirement_category (code),
    sub_category_code TEXT NOT NULL,
    sub_category_description TEXT NOT NULL,
    length INTEGER,
    length_unit TEXT,
    rar_count INTEGER,
    start_date TEXT NOT NULL,
    termination_date TEXT,
    termination_reason TEXT,
    active INTEGER NOT NULL DEFAULT 1,
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
    expected_start_date TEXT,
    expected_end_date TEXT,
    start_date TEXT,
    end_date TEXT,
    outcome_code TEXT REFERENCES nsi_outcome (code),
    length INTEGER,
    notes TEXT,
    intended_provider_code TEXT NOT NULL REFERENCES provider (code),
    external_reference TEXT,
    active INTEGER NOT NULL DEFAULT 1,
    soft_deleted INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    FOREIGN KEY (type_code, sub_type_code) REFERENCES nsi_sub_type (nsi_type_code, code)
);

CREATE TABLE nsi_manager (
    id INTEGER PRIMARY KEY,
    nsi_id INTEGER NOT NULL REFERENCES nsi (id),
    provider_code TEXT NOT NULL REFERENCES provider (code),
    team_code TEXT NOT NULL REFERENCES team (code),
    staff_code TEXT NOT NULL REFERENCES staff (code),
    start_date TEXT NOT NULL,
    end_date TEXT
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
    description TEXT,
    notes TEXT,
    alert INTEGER NOT NULL DEFAULT 0,
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
    enforcement TEXT,
    soft_deleted INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE registration (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    type_code TEXT NOT NULL,
    type_description TEXT NOT NULL,
    register_code TEXT NOT NULL,
    register_description TEXT NOT NULL,
    risk_colour TEXT NOT NULL,
    notes TEXT,
    start_date TEXT NOT NULL,
    next_review_date TEXT,
    review_period_months INTEGER,
    end_date TEXT,
    active INTEGER NOT NULL DEFAULT 1,
    team_code TEXT NOT NULL REFERENCES team (code),
    staff_code TEXT NOT NULL REFERENCES staff (code)
);

CREATE TABLE personal_circumstance (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES person (id),
    type_code TEXT NOT NULL,
    type_description TEXT NOT NULL,
    sub_type_code TEXT NOT NULL,
    sub_type_description TEXT NOT NULL,
    start_date TEXT NOT NULL,
    end_date TEXT,
    notes TEXT,
    evidenced INTEGER
);

CREATE INDEX event_person ON event (person_id);
CREATE INDEX manager_person ON manager (person_id);
CREATE INDEX manager_staff ON manager (staff_id);
CREATE INDEX requirement_event ON requirement (event_id);
CREATE INDEX nsi_person ON nsi (person_id, type_code);
CREATE INDEX nsi_manager_nsi ON nsi_manager (nsi_id);
CREATE INDEX contact_person ON contact (person_id, starts);
CREATE INDEX registration_person ON registration (person_id);
CREATE INDEX personal_circumstance_person ON personal_circumstance (person_id);
