DROP INDEX `queue_entries_in_order`;--> statement-breakpoint
DROP INDEX `queue_entries_named`;--> statement-breakpoint
ALTER TABLE `queue_entries` ADD `parked` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `queue_entries_parked` ON `queue_entries` (`reservation_id`) WHERE "queue_entries"."parked" = 1;--> statement-breakpoint
CREATE INDEX `queue_entries_in_order` ON `queue_entries` (`class_id`,`rank`,`reservation_id`) WHERE "queue_entries"."missing" > 0 and "queue_entries"."resource_id" is null and "queue_entries"."parked" = 0;--> statement-breakpoint
CREATE INDEX `queue_entries_named` ON `queue_entries` (`resource_id`,`parked`,`rank`) WHERE "queue_entries"."resource_id" is not null;--> statement-breakpoint
ALTER TABLE `pools` ADD `replan_after` text;--> statement-breakpoint
ALTER TABLE `pools` ADD `replan_expiry` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `resources` ADD `held_until` integer;--> statement-breakpoint
ALTER TABLE `resources` ADD `back_at` integer;--> statement-breakpoint
CREATE INDEX `resources_held_in_class` ON `resources` (`class_id`,`held_until`) WHERE "resources"."held_for" is not null;--> statement-breakpoint
CREATE INDEX `resources_lent` ON `resources` (`class_id`,`back_at`,`changed_at`) WHERE "resources"."status" = 'allocated' and "resources"."admin_state" = 'in_service';--> statement-breakpoint
-- When what is lent comes back, by the lease of its holder, or by that lease at the latest.
UPDATE `resources` SET `back_at` = (
  SELECT coalesce(v.`ends_at`, CASE WHEN v.`status` = 'preparing' THEN v.`deadline_at` + v.`duration` END)
  FROM `allocations` a JOIN `reservations` v ON v.`id` = a.`reservation_id`
  WHERE a.`resource_id` = `resources`.`id` AND a.`ended_at` IS NULL
) WHERE `status` = 'allocated';--> statement-breakpoint
-- Policies may have changed without reaching what was idle.
UPDATE `pools` SET `replan_after` = '';--> statement-breakpoint
-- A request that names a resource stands in the queue of its class, and counts in its length.
DROP TRIGGER `queue_lengths_insert`;--> statement-breakpoint
DROP TRIGGER `queue_lengths_update`;--> statement-breakpoint
DROP TRIGGER `queue_lengths_delete`;--> statement-breakpoint
DELETE FROM `queue_lengths`;--> statement-breakpoint
INSERT INTO `queue_lengths` (`class_id`, `count`)
SELECT `class_id`, count(*) FROM `queue_entries` WHERE `missing` > 0 GROUP BY `class_id`;--> statement-breakpoint
CREATE TRIGGER `queue_lengths_insert` AFTER INSERT ON `queue_entries`
WHEN new.`missing` > 0
BEGIN
  INSERT INTO `queue_lengths` (`class_id`, `count`) VALUES (new.`class_id`, 1) ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `queue_lengths_update` AFTER UPDATE OF `class_id`, `missing` ON `queue_entries`
WHEN old.`class_id` <> new.`class_id` OR (old.`missing` > 0) <> (new.`missing` > 0)
BEGIN
  UPDATE `queue_lengths` SET `count` = `count` - 1 WHERE `class_id` = old.`class_id` AND old.`missing` > 0;
  INSERT INTO `queue_lengths` (`class_id`, `count`) SELECT new.`class_id`, 1 WHERE new.`missing` > 0
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `queue_lengths_delete` AFTER DELETE ON `queue_entries`
WHEN old.`missing` > 0
BEGIN
  UPDATE `queue_lengths` SET `count` = `count` - 1 WHERE `class_id` = old.`class_id`;
END;
