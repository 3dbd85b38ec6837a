-- How much the drivers of the pools of an earlier version can show.
UPDATE `pools` SET `capabilities` = json_set(`capabilities`, '$.proves', coalesce(
  CASE WHEN json_valid(`settings`) THEN `settings` ->> '$.proves' END,
  CASE
    WHEN `driver` IN ('docker', 'qemu') THEN 'R4'
    WHEN `driver` = 'simulated' AND `capabilities` ->> '$.replaces' THEN 'R4'
    WHEN `driver` IN ('ibm-cloud', 'ssh') THEN 'R3'
    WHEN `capabilities` ->> '$.rotates' THEN 'R1'
    WHEN `driver` = 'simulated' AND `capabilities` ->> '$.opensAccess' THEN 'R1'
    ELSE 'R0'
  END))
WHERE json_valid(`capabilities`) AND `capabilities` ->> '$.proves' IS NULL;--> statement-breakpoint
-- The returns under way have shown nothing yet: their last holder still has to be shown to be out.
UPDATE `resources` SET `way_back` = (
  SELECT json_object(
    'since', `ended_at`,
    'cause', CASE WHEN `access` = 'opening' THEN 'unopened' ELSE 'loan' END,
    'reservationId', `reservation_id`,
    'steps', json_array(),
    'shown', json_object())
  FROM `allocations`
  WHERE `allocations`.`id` = `resources`.`id` || '.' || (`resources`.`generation` - 1) AND `ended_at` IS NOT NULL)
WHERE `way_back` IS NULL AND `status` IN ('dirty', 'cleaning', 'quarantined', 'destroying');
