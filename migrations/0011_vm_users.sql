-- The number and the role that the VM reservation API gives a user move to a table of its own.
CREATE TABLE `vm_users` (
	`user_id` text PRIMARY KEY NOT NULL,
	`number` integer NOT NULL,
	`role` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `vm_users_number_unique` ON `vm_users` (`number`);--> statement-breakpoint
INSERT INTO `vm_users` (`user_id`, `number`, `role`)
SELECT `id`, `vm_number`, coalesce(`vm_role`, 'user') FROM `users` WHERE `vm_number` IS NOT NULL;--> statement-breakpoint
-- Whoever has a role but no number, as before 0003, gets the next ones in order of age.
INSERT INTO `vm_users` (`user_id`, `number`, `role`)
SELECT
  `id`,
  (SELECT coalesce(max(`number`), 0) FROM `vm_users`) + row_number() OVER (ORDER BY `number`),
  `vm_role`
FROM `users` WHERE `vm_role` IS NOT NULL AND `vm_number` IS NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `email_self_declared` integer DEFAULT false NOT NULL;--> statement-breakpoint
-- Users of that API could change their own address, so it must not sign them in.
UPDATE `users` SET `email_self_declared` = true WHERE `vm_role` IS NOT NULL;--> statement-breakpoint
DROP INDEX `users_vm_number_unique`;--> statement-breakpoint
ALTER TABLE `users` DROP COLUMN `vm_role`;--> statement-breakpoint
ALTER TABLE `users` DROP COLUMN `vm_number`;
