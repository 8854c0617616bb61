-- Rows as years of use leave them, for the bookings numbered from :from + 1 to :to. Everybody in them is plainly invented.
--
-- Four bookings a person; 25 people to two members of staff; of what hangs from them, as much as the product writes. A million
-- bookings are 250,000 people and 20,000 members of staff, over two years.

\set ON_ERROR_STOP on
-- The foreign keys hold by how the rows are made: checking them would take longer than making them.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '128MB';

CREATE TEMP VIEW wanted AS
SELECT
    n,
    (n - 1) / 4 + 1 AS p,
    ((n - 1) / 4 * 2) / 25 + 1 AS u,
    md5('booking ' || n)::uuid AS id,
    -- Scattered over two years, so that neighbours in the table are not neighbours in time.
    now() - interval '2 years' * (n::bigint * 7919 % 1000003) / 1000003 AS made_at,
    CASE
        WHEN n % 2000 = 0 THEN 'needs_attention'
        WHEN n % 2000 = 1 THEN 'submitted'
        WHEN n % 2000 < 42 THEN 'refused'
        WHEN n % 2000 < 56 THEN 'cancelled'
        WHEN n % 2000 < 60 THEN 'settled'
        ELSE 'booked'
    END AS state
FROM generate_series(:from + 1, :to) AS n;

-- Indexes are quicker made once than row by row.
CREATE TEMP TABLE put_away AS
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
WHERE NOT indisunique AND :to - :from > 50000 AND relname IN (
    'booking_booking', 'booking_bookinghistory', 'booking_upstreamattempt', 'audit_auditevent',
    'delius_mirrorednsi', 'delius_mirroredcontact',
    'appointments_recordedoutcome', 'appointments_move', 'appointments_changehistory', 'appointments_changeattempt',
    'appointments_textmessage'
);
SELECT format('DROP INDEX %s', name) FROM put_away \gexec

-- The first members of staff are those who sign in while it is measured.
INSERT INTO rarbooking_user
    (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
SELECT
    '!', false, CASE WHEN u <= 64 THEN 'CREW.PRACTITIONER' || u ELSE 'INVENTED.STAFF' || u END, '', '', '', false, true, now()
FROM generate_series(:from / 50 + 1, :to / 50) AS u
ON CONFLICT (username) DO NOTHING;

CREATE TEMP TABLE staff AS
SELECT id, substring(username FROM '[0-9]+$')::int AS u
FROM rarbooking_user
WHERE username ~ '^(CREW\.PRACTITIONER|INVENTED\.STAFF)[0-9]+$';
CREATE INDEX ON staff (u);
ANALYZE staff;

INSERT INTO rarbooking_session (
    session_key, session_data, expire_date, user_id, signed_in_at, last_seen_at, refresh_token, token_expires_at
)
SELECT md5('session ' || u), 'invented', now() + interval '6 hours', id, now(), now(), 'invented', now() + interval '1 hour'
FROM staff
WHERE u > :from / 50;

INSERT INTO booking_booking (
    id, user_id, state, crn, event_id, requirement_id, provider_code, team_code, staff_code,
    toolkit_name, toolkit_slug, nsi_type_code, nsi_sub_type_code, nsi_status_code, nsi_notes, type_code, type_name,
    start, "end", office_code, office_name, notes, notes_digest, sensitive, nsi_reference, appointment_reference, nsi_id, nsi_created,
    withdraw_nsi_at, appointment_id, reason, clash, tries, next_try_at, sent_at, outcome_seen_at, created_at, updated_at
)
SELECT
    w.id, staff.id, w.state, 'A' || lpad(p::text, 6, '0'), 7000000 + p, 8000000 + p,
    'Z' || lpad((w.u % 12)::text, 2, '0'), 'Z' || lpad((w.u % 12)::text, 2, '0') || 'T' || lpad((w.u / 12 % 90)::text, 2, '0'),
    'Z' || lpad(w.u::text, 5, '0'), 'Invented toolkit ' || p % 7, 'invented-' || p % 7, 'TKI0' || p % 7, '', 'INPROG', '',
    'COAP', 'Planned Office Visit (NS)', date_trunc('hour', made_at) + interval '7 days',
    date_trunc('hour', made_at) + interval '7 days 30 minutes', 'Z00OFF', 'Invented office',
    CASE WHEN w.state IN ('refused', 'cancelled') AND made_at > now() - interval '30 days' THEN 'Invented note.' ELSE '' END,
    repeat('0', 64), false, gen_random_uuid(), gen_random_uuid(),
    CASE WHEN w.state IN ('booked', 'settled', 'needs_attention') THEN 5000000000 + p END, n % 4 = 1,
    -- Not due while it is measured, and nor is the next try.
    CASE WHEN w.state = 'cancelled' AND n % 10000 < 2000 THEN now() + interval '1 day' END,
    CASE WHEN w.state = 'booked' THEN 5000000000 + n END, CASE WHEN w.state = 'refused' THEN 'Invented reason.' ELSE '' END,
    false, CASE WHEN w.state = 'needs_attention' THEN 41 ELSE 0 END,
    CASE WHEN w.state = 'submitted' THEN now() + interval '1 day' END,
    CASE WHEN w.state IN ('submitted', 'needs_attention') THEN made_at END,
    CASE WHEN n % 100 <> 7 THEN made_at + interval '1 minute' END, made_at, made_at + interval '1 minute'
FROM wanted AS w
JOIN staff ON staff.u = w.u;

INSERT INTO booking_bookinghistory (booking_id, at, from_state, to_state, detail)
SELECT id, made_at + step * interval '1 second', was, became, 'invented'
FROM wanted
CROSS JOIN LATERAL (VALUES (0, '', 'submitted'), (1, 'submitted', state)) AS _ (step, was, became)
WHERE was <> became;

INSERT INTO booking_upstreamattempt (booking_id, began_at, operation, correlation_id, status, fault, milliseconds)
SELECT id, made_at, operation, md5('page ' || n), 200, '', 45
FROM wanted
CROSS JOIN LATERAL (VALUES ('putNsi'), ('putAppointment')) AS _ (operation);

-- What came of every other appointment; three in ten were moved before, and three in ten told of by text.
CREATE TEMP VIEW changed AS
SELECT
    w.*, staff.id AS user_id, 'A' || lpad(p::text, 6, '0') AS crn, 5000000000 + n AS contact_id,
    date_trunc('hour', made_at) + interval '7 days' AS start, made_at + interval '8 days' AS changed_at,
    CASE
        WHEN n % 2000 = 2 THEN 'needs_attention'
        WHEN n % 2000 = 4 THEN 'submitted'
        WHEN n % 200 = 6 THEN 'refused'
        WHEN n % 200 = 8 THEN 'changed'
        ELSE 'recorded'
    END AS became
FROM wanted AS w
JOIN staff ON staff.u = w.u
WHERE n % 2 = 0;

INSERT INTO appointments_recordedoutcome (
    id, user_id, state, crn, contact_id, version, type_code, type_name, appointment_start, text, text_digest, refusal,
    refused_step, correlation_id, sent_at, tries, next_try_at, outcome_seen_at, created_at, updated_at,
    outcome_code, outcome_name, attended, enforcement_code, enforcement_name, sensitive, rar_before, rar_after
)
SELECT
    md5('outcome ' || n)::uuid, user_id, became, crn, contact_id, 1, 'COAP', 'Planned Office Visit (NS)', start, '',
    repeat('0', 64), '', '', md5('page ' || n), NULL, 0,
    CASE WHEN became = 'submitted' THEN now() + interval '1 day' END,
    CASE WHEN n % 100 <> 6 THEN changed_at END, changed_at, changed_at,
    'ATTC', 'Attended - complied', true, '', '', false, '{}', '{}'
FROM changed;

INSERT INTO appointments_move (
    id, user_id, state, crn, contact_id, version, type_code, type_name, appointment_start, text, text_digest, refusal,
    refused_step, correlation_id, sent_at, tries, next_try_at, outcome_seen_at, created_at, updated_at,
    appointment_end, old_office_name, requested_by, start, "end", office_code, office_name, allow_overlap, clash,
    new_contact_id
)
SELECT
    md5('move ' || n)::uuid, user_id, became, crn, 6000000000 + n, 1, 'COAP', 'Planned Office Visit (NS)', start, '',
    repeat('0', 64), '', '', md5('page ' || n), NULL, 0,
    CASE WHEN became = 'submitted' THEN now() + interval '1 day' END,
    CASE WHEN n % 100 <> 6 THEN made_at END, made_at, made_at,
    start + interval '30 minutes', 'Invented office', 'PERSON', start, start + interval '30 minutes', 'Z00OFF',
    'Invented office', false, false, CASE WHEN became = 'recorded' THEN contact_id END
FROM changed
WHERE n % 10 IN (2, 4, 6);

INSERT INTO appointments_changehistory (outcome_id, move_id, at, from_state, to_state, detail)
SELECT id, NULL::uuid, created_at, 'submitted', state, 'invented'
FROM appointments_recordedoutcome
WHERE contact_id > 5000000000 + :from AND state <> 'submitted'
UNION ALL
SELECT NULL, id, created_at, 'submitted', state, 'invented'
FROM appointments_move
WHERE contact_id > 6000000000 + :from AND state <> 'submitted';

INSERT INTO appointments_changeattempt (outcome_id, move_id, began_at, operation, correlation_id, status, fault, milliseconds)
SELECT id, NULL::uuid, created_at, 'putOutcome', correlation_id, 200, '', 45
FROM appointments_recordedoutcome
WHERE contact_id > 5000000000 + :from
UNION ALL
SELECT NULL, id, created_at, 'reschedule', correlation_id, 200, '', 45
FROM appointments_move
WHERE contact_id > 6000000000 + :from;

INSERT INTO appointments_textmessage (
    id, user_id, crn, contact_id, kind, appointment_start, text_digest, state, reason, consent_at, sent_at, tries,
    next_try_at, correlation_id, created_at, updated_at
)
SELECT
    md5('text ' || n)::uuid, user_id, crn, contact_id, 'arranged', start, repeat('0', 64), 'delivered', '', made_at,
    made_at, 1, NULL, md5('page ' || n), made_at, made_at
FROM changed
WHERE n % 10 IN (0, 6, 8);

INSERT INTO audit_auditevent (id, at, what, who, subject_type, subject_id, correlation_id, service, details)
SELECT
    gen_random_uuid(), made_at, what, 'INVENTED.STAFF' || u, 'CRN', 'A' || lpad(p::text, 6, '0'), md5('page ' || n),
    'arrange-rar-appointments', '{"page": "step", "method": "GET", "via": "request"}'
FROM wanted
CROSS JOIN LATERAL (
    VALUES ('CASE_VIEWED'), ('CASE_VIEWED'), ('BOOKING_SUBMITTED'), ('BOOKING_BOOKED')
) AS _ (what);

INSERT INTO booking_draft (user_id, crn, answers, booking_id, created_at, updated_at)
SELECT
    staff.id, 'A' || lpad(p::text, 6, '0'), '{"type": {"type": "COAP"}, "rar": {"rar": "yes"}}', md5('draft ' || p)::uuid,
    now() - interval '60 days' * (p % 97) / 97, now() - interval '60 days' * (p % 97) / 97
FROM generate_series(:from / 4 + 1, :to / 4) AS p
JOIN staff ON staff.u = ((p - 1) * 2) / 25 + 1
WHERE p % 5 = 0;

INSERT INTO delius_mirrorednsi (
    nsi_id, crn, event_id, requirement_id, type_code, type_description, sub_type_code, status_code, status_description,
    referral_date, start_date, end_date, active, soft_deleted, external_reference, provider_code, team_code, staff_code,
    seen_at, gone_since
)
SELECT
    5000000000 + p * 2 + each, 'A' || lpad(p::text, 6, '0'), 7000000 + p, 8000000 + p, 'TKI0' || (p + each) % 7, 'Invented toolkit',
    '', 'INPROG', 'In progress', current_date - 200, current_date - 200, CASE WHEN p % 3 = 0 THEN current_date - 20 END,
    p % 3 <> 0, false, '', 'Z' || lpad((p % 12)::text, 2, '0'),
    'Z' || lpad((p % 12)::text, 2, '0') || 'T' || lpad((p / 12 % 90)::text, 2, '0'), 'Z00001', now(),
    CASE WHEN p % 211 = 0 THEN now() - interval '400 days' * (p % 97) / 97 END
FROM generate_series(:from / 4 + 1, :to / 4) AS p
CROSS JOIN generate_series(0, 1) AS each;

INSERT INTO delius_mirroredcontact (contact_id, nsi_id, crn, type_code, start, "end", outcome_code, attended, gone_since)
SELECT
    5000000000 + n, 5000000000 + p * 2 + n % 2, 'A' || lpad(p::text, 6, '0'), 'COAP', made_at, made_at + interval '30 minutes',
    'ATTC', true, CASE WHEN n % 211 = 0 THEN now() - interval '400 days' * (n % 97) / 97 END
FROM wanted;

-- Finished tasks are kept for two weeks of the two years; those that are to run later wait.
INSERT INTO django_tasks_database_dbtaskresult (
    id, status, args_kwargs, priority, task_path, queue_name, backend_name, run_after, enqueued_at, started_at, finished_at,
    exception_class_path, traceback, worker_ids
)
SELECT
    gen_random_uuid(), CASE WHEN n % 2000 = 1 THEN 'READY' ELSE 'SUCCESSFUL' END, '{"args": [], "kwargs": {}}', 0,
    'booking.tasks.resume_due_bookings', 'default', 'default',
    CASE WHEN n % 2000 = 1 THEN now() + interval '1 day' ELSE now() - interval '14 days' * (n % 997) / 997 END,
    now() - interval '14 days' * (n % 997) / 997, NULL, now() - interval '14 days' * (n % 997) / 997, '', '', '[]'
FROM wanted
WHERE n % 50 = 1;

INSERT INTO booking_duplicatensis
    (crn, event_id, requirement_id, nsi_type_code, chosen_nsi_id, other_nsi_ids, found_at, seen_at, tidied_at)
SELECT
    'A' || lpad(p::text, 6, '0'), 7000000 + p, 8000000 + p, 'TKI00', 5000000000 + p * 2, '[1]', now(), now(),
    CASE WHEN p % 5000 <> 0 THEN now() END
FROM generate_series(:from / 4 + 1, :to / 4) AS p
WHERE p % 500 = 0;

SELECT definition FROM put_away \gexec
VACUUM ANALYZE;
