CREATE TABLE `line_lengths` (
	`line_id` integer PRIMARY KEY NOT NULL,
	`count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `user_counts` (
	`user_id` text NOT NULL,
	`status` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`user_id`, `status`)
);
--> statement-breakpoint
DROP INDEX `reservations_live_by_user`;--> statement-breakpoint
DROP INDEX `reservations_live`;--> statement-breakpoint
CREATE INDEX `reservations_by_user_and_status` ON `reservations` (`user_id`,`status`,`id`);--> statement-breakpoint
CREATE INDEX `reservations_by_status` ON `reservations` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `resources_listed` ON `resources` (`line_id`,`status`,`id`) WHERE "resources"."destroyed_at" is null;--> statement-breakpoint
-- line_lengths follows every change of a wait: a row counts while it lacks something that the line may give.
CREATE TRIGGER `line_lengths_insert` AFTER INSERT ON `waits`
WHEN new.`missing` > 0 AND new.`resource_id` IS NULL
BEGIN
  INSERT INTO `line_lengths` (`line_id`, `count`) VALUES (new.`line_id`, 1) ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `line_lengths_update` AFTER UPDATE OF `line_id`, `missing`, `resource_id` ON `waits`
WHEN old.`line_id` <> new.`line_id` OR (old.`missing` > 0 AND old.`resource_id` IS NULL) <> (new.`missing` > 0 AND new.`resource_id` IS NULL)
BEGIN
  UPDATE `line_lengths` SET `count` = `count` - 1 WHERE `line_id` = old.`line_id` AND old.`missing` > 0 AND old.`resource_id` IS NULL;
  INSERT INTO `line_lengths` (`line_id`, `count`) SELECT new.`line_id`, 1 WHERE new.`missing` > 0 AND new.`resource_id` IS NULL
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `line_lengths_delete` AFTER DELETE ON `waits`
WHEN old.`missing` > 0 AND old.`resource_id` IS NULL
BEGIN
  UPDATE `line_lengths` SET `count` = `count` - 1 WHERE `line_id` = old.`line_id`;
END;
--> statement-breakpoint
-- user_counts follows every change of a reservation, until it has ended; what is 0 has no row, so that all rows can be summed.
CREATE TRIGGER `user_counts_insert` AFTER INSERT ON `reservations`
WHEN new.`status` <> 'ended'
BEGIN
  INSERT INTO `user_counts` (`user_id`, `status`, `count`) VALUES (new.`user_id`, new.`status`, 1) ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `user_counts_update` AFTER UPDATE OF `user_id`, `status` ON `reservations`
WHEN old.`user_id` <> new.`user_id` OR old.`status` <> new.`status`
BEGIN
  UPDATE `user_counts` SET `count` = `count` - 1 WHERE `user_id` = old.`user_id` AND `status` = old.`status`;
  DELETE FROM `user_counts` WHERE `user_id` = old.`user_id` AND `status` = old.`status` AND `count` = 0;
  INSERT INTO `user_counts` (`user_id`, `status`, `count`) SELECT new.`user_id`, new.`status`, 1 WHERE new.`status` <> 'ended'
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `user_counts_delete` AFTER DELETE ON `reservations`
WHEN old.`status` <> 'ended'
BEGIN
  UPDATE `user_counts` SET `count` = `count` - 1 WHERE `user_id` = old.`user_id` AND `status` = old.`status`;
  DELETE FROM `user_counts` WHERE `user_id` = old.`user_id` AND `status` = old.`status` AND `count` = 0;
END;
--> statement-breakpoint
-- What is there already is counted once. line_counts too: it knows nothing of resources from before its triggers.
INSERT INTO `line_lengths` (`line_id`, `count`)
SELECT `line_id`, count(*) FROM `waits` WHERE `missing` > 0 AND `resource_id` IS NULL GROUP BY `line_id`;
--> statement-breakpoint
INSERT INTO `user_counts` (`user_id`, `status`, `count`)
SELECT `user_id`, `status`, count(*) FROM `reservations` WHERE `status` <> 'ended' GROUP BY `user_id`, `status`;
--> statement-breakpoint
DELETE FROM `line_counts`;
--> statement-breakpoint
INSERT INTO `line_counts` (`line_id`, `status`, `admin_state`, `set_aside`, `count`)
SELECT `line_id`, `status`, `admin_state`, `set_aside_for` IS NOT NULL, count(*) FROM `resources` GROUP BY 1, 2, 3, 4;
