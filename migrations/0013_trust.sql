ALTER TABLE `pools` ADD `simulate` integer DEFAULT false NOT NULL;--> statement-breakpoint
-- Whether the driver of a pool only pretends.
UPDATE `pools` SET `capabilities` =
  json_set(`capabilities`, '$.simulates', json(CASE WHEN `driver` = 'simulated' THEN 'true' ELSE 'false' END))
WHERE json_valid(`capabilities`);--> statement-breakpoint
-- Usernames are compared without their case. Not unique: an older version may have let in two that differ in case only.
CREATE INDEX `users_by_username` ON `users` (lower(`username`));
