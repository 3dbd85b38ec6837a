-- The field's words for tables and columns; SQLite renames them in triggers and indexes too.
ALTER TABLE `lines` RENAME TO `resource_classes`;--> statement-breakpoint
ALTER TABLE `waits` RENAME TO `queue_entries`;--> statement-breakpoint
ALTER TABLE `line_counts` RENAME TO `class_counts`;--> statement-breakpoint
ALTER TABLE `line_lengths` RENAME TO `queue_lengths`;--> statement-breakpoint
ALTER TABLE `facts` RENAME TO `metadata`;--> statement-breakpoint
ALTER TABLE `job_ticks` RENAME TO `job_heartbeats`;--> statement-breakpoint
ALTER TABLE `resources` RENAME COLUMN `line_id` TO `class_id`;--> statement-breakpoint
ALTER TABLE `resources` RENAME COLUMN `set_aside_for` TO `held_for`;--> statement-breakpoint
ALTER TABLE `resources` RENAME COLUMN `set_aside_item` TO `held_item`;--> statement-breakpoint
ALTER TABLE `class_counts` RENAME COLUMN `line_id` TO `class_id`;--> statement-breakpoint
ALTER TABLE `class_counts` RENAME COLUMN `set_aside` TO `held`;--> statement-breakpoint
ALTER TABLE `queue_lengths` RENAME COLUMN `line_id` TO `class_id`;--> statement-breakpoint
ALTER TABLE `queue_entries` RENAME COLUMN `line_id` TO `class_id`;--> statement-breakpoint
DROP INDEX `lines_by_pool_and_type`;--> statement-breakpoint
CREATE UNIQUE INDEX `resource_classes_by_pool_and_type` ON `resource_classes` (`pool_id`,`type`);--> statement-breakpoint
DROP INDEX `resources_set_aside`;--> statement-breakpoint
CREATE INDEX `resources_held` ON `resources` (`held_for`) WHERE "resources"."held_for" is not null;--> statement-breakpoint
DROP INDEX `waits_in_order`;--> statement-breakpoint
CREATE INDEX `queue_entries_in_order` ON `queue_entries` (`class_id`,`rank`,`reservation_id`) WHERE "queue_entries"."missing" > 0 and "queue_entries"."resource_id" is null;--> statement-breakpoint
DROP INDEX `waits_by_age`;--> statement-breakpoint
CREATE INDEX `queue_entries_by_age` ON `queue_entries` (`class_id`,`requested_at`,`reservation_id`) WHERE "queue_entries"."missing" > 0 and "queue_entries"."rank" >= -500000000000000;--> statement-breakpoint
DROP INDEX `waits_named`;--> statement-breakpoint
CREATE INDEX `queue_entries_named` ON `queue_entries` (`resource_id`,`rank`) WHERE "queue_entries"."resource_id" is not null;--> statement-breakpoint
DROP INDEX `waits_by_count`;--> statement-breakpoint
CREATE INDEX `queue_entries_by_count` ON `queue_entries` (`class_id`,`count`);--> statement-breakpoint
DROP TRIGGER `line_counts_insert`;--> statement-breakpoint
DROP TRIGGER `line_counts_update`;--> statement-breakpoint
DROP TRIGGER `line_counts_delete`;--> statement-breakpoint
DROP TRIGGER `line_lengths_insert`;--> statement-breakpoint
DROP TRIGGER `line_lengths_update`;--> statement-breakpoint
DROP TRIGGER `line_lengths_delete`;--> statement-breakpoint
CREATE TRIGGER `class_counts_insert` AFTER INSERT ON `resources` BEGIN
  INSERT INTO `class_counts` (`class_id`, `status`, `admin_state`, `held`, `count`)
  VALUES (new.`class_id`, new.`status`, new.`admin_state`, new.`held_for` IS NOT NULL, 1)
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `class_counts_update` AFTER UPDATE OF `status`, `admin_state`, `held_for` ON `resources`
WHEN old.`status` <> new.`status` OR old.`admin_state` <> new.`admin_state`
  OR (old.`held_for` IS NULL) <> (new.`held_for` IS NULL)
BEGIN
  UPDATE `class_counts` SET `count` = `count` - 1
  WHERE `class_id` = old.`class_id` AND `status` = old.`status` AND `admin_state` = old.`admin_state`
    AND `held` = (old.`held_for` IS NOT NULL);
  INSERT INTO `class_counts` (`class_id`, `status`, `admin_state`, `held`, `count`)
  VALUES (new.`class_id`, new.`status`, new.`admin_state`, new.`held_for` IS NOT NULL, 1)
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `class_counts_delete` AFTER DELETE ON `resources` BEGIN
  UPDATE `class_counts` SET `count` = `count` - 1
  WHERE `class_id` = old.`class_id` AND `status` = old.`status` AND `admin_state` = old.`admin_state`
    AND `held` = (old.`held_for` IS NOT NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `queue_lengths_insert` AFTER INSERT ON `queue_entries`
WHEN new.`missing` > 0 AND new.`resource_id` IS NULL
BEGIN
  INSERT INTO `queue_lengths` (`class_id`, `count`) VALUES (new.`class_id`, 1) ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `queue_lengths_update` AFTER UPDATE OF `class_id`, `missing`, `resource_id` ON `queue_entries`
WHEN old.`class_id` <> new.`class_id` OR (old.`missing` > 0 AND old.`resource_id` IS NULL) <> (new.`missing` > 0 AND new.`resource_id` IS NULL)
BEGIN
  UPDATE `queue_lengths` SET `count` = `count` - 1 WHERE `class_id` = old.`class_id` AND old.`missing` > 0 AND old.`resource_id` IS NULL;
  INSERT INTO `queue_lengths` (`class_id`, `count`) SELECT new.`class_id`, 1 WHERE new.`missing` > 0 AND new.`resource_id` IS NULL
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `queue_lengths_delete` AFTER DELETE ON `queue_entries`
WHEN old.`missing` > 0 AND old.`resource_id` IS NULL
BEGIN
  UPDATE `queue_lengths` SET `count` = `count` - 1 WHERE `class_id` = old.`class_id`;
END;
--> statement-breakpoint
-- A pool's capability of lending a credential of the resource's own.
UPDATE `pools` SET `capabilities` = json_remove(
  json_set(`capabilities`, '$.staticCredential', json(CASE WHEN `capabilities` ->> '$.lendsCredential' THEN 'true' ELSE 'false' END)),
  '$.lendsCredential'
)
WHERE json_valid(`capabilities`);
