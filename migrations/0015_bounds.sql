CREATE TABLE `ended_counts` (
	`user_id` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `ended_counts_by_count` ON `ended_counts` (`count`);--> statement-breakpoint
ALTER TABLE `user_counts` ADD `resources` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `api_tokens_unrevoked` ON `api_tokens` (`user_id`,`expires_at`) WHERE "api_tokens"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX `reservations_unserved` ON `reservations` (`ended_at`) WHERE "reservations"."ended_at" is not null and "reservations"."starts_at" is null;--> statement-breakpoint
-- user_counts also sums the resources that the reservations ask for; otherwise its triggers stay as they were.
DROP TRIGGER `user_counts_insert`;
--> statement-breakpoint
DROP TRIGGER `user_counts_update`;
--> statement-breakpoint
DROP TRIGGER `user_counts_delete`;
--> statement-breakpoint
CREATE TRIGGER `user_counts_insert` AFTER INSERT ON `reservations`
WHEN new.`status` <> 'ended'
BEGIN
  INSERT INTO `user_counts` (`user_id`, `status`, `count`, `resources`)
  VALUES (new.`user_id`, new.`status`, 1, (SELECT coalesce(sum(json_extract(`value`, '$.count')), 0) FROM json_each(new.`items`)))
  ON CONFLICT DO UPDATE SET `count` = `count` + 1, `resources` = `resources` + excluded.`resources`;
END;
--> statement-breakpoint
CREATE TRIGGER `user_counts_update` AFTER UPDATE OF `user_id`, `status` ON `reservations`
WHEN old.`user_id` <> new.`user_id` OR old.`status` <> new.`status`
BEGIN
  UPDATE `user_counts` SET `count` = `count` - 1, `resources` = `resources` - (SELECT coalesce(sum(json_extract(`value`, '$.count')), 0) FROM json_each(old.`items`))
  WHERE `user_id` = old.`user_id` AND `status` = old.`status`;
  DELETE FROM `user_counts` WHERE `user_id` = old.`user_id` AND `status` = old.`status` AND `count` = 0;
  INSERT INTO `user_counts` (`user_id`, `status`, `count`, `resources`)
  SELECT new.`user_id`, new.`status`, 1, (SELECT coalesce(sum(json_extract(`value`, '$.count')), 0) FROM json_each(new.`items`)) WHERE new.`status` <> 'ended'
  ON CONFLICT DO UPDATE SET `count` = `count` + 1, `resources` = `resources` + excluded.`resources`;
END;
--> statement-breakpoint
CREATE TRIGGER `user_counts_delete` AFTER DELETE ON `reservations`
WHEN old.`status` <> 'ended'
BEGIN
  UPDATE `user_counts` SET `count` = `count` - 1, `resources` = `resources` - (SELECT coalesce(sum(json_extract(`value`, '$.count')), 0) FROM json_each(old.`items`))
  WHERE `user_id` = old.`user_id` AND `status` = old.`status`;
  DELETE FROM `user_counts` WHERE `user_id` = old.`user_id` AND `status` = old.`status` AND `count` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `ended_counts_insert` AFTER INSERT ON `reservations`
WHEN new.`status` = 'ended'
BEGIN
  INSERT INTO `ended_counts` (`user_id`, `count`) VALUES (new.`user_id`, 1) ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `ended_counts_update` AFTER UPDATE OF `user_id`, `status` ON `reservations`
WHEN (old.`status` = 'ended' OR new.`status` = 'ended') AND (old.`user_id` <> new.`user_id` OR old.`status` <> new.`status`)
BEGIN
  UPDATE `ended_counts` SET `count` = `count` - 1 WHERE `user_id` = old.`user_id` AND old.`status` = 'ended';
  DELETE FROM `ended_counts` WHERE `user_id` = old.`user_id` AND `count` = 0;
  INSERT INTO `ended_counts` (`user_id`, `count`) SELECT new.`user_id`, 1 WHERE new.`status` = 'ended'
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `ended_counts_delete` AFTER DELETE ON `reservations`
WHEN old.`status` = 'ended'
BEGIN
  UPDATE `ended_counts` SET `count` = `count` - 1 WHERE `user_id` = old.`user_id`;
  DELETE FROM `ended_counts` WHERE `user_id` = old.`user_id` AND `count` = 0;
END;
--> statement-breakpoint
DELETE FROM `user_counts`;
--> statement-breakpoint
INSERT INTO `user_counts` (`user_id`, `status`, `count`, `resources`)
SELECT `user_id`, `status`, count(*), sum((SELECT coalesce(sum(json_extract(`value`, '$.count')), 0) FROM json_each(reservations.`items`)))
FROM `reservations` WHERE `status` <> 'ended' GROUP BY `user_id`, `status`;
--> statement-breakpoint
INSERT INTO `ended_counts` (`user_id`, `count`)
SELECT `user_id`, count(*) FROM `reservations` WHERE `status` = 'ended' GROUP BY `user_id`;
