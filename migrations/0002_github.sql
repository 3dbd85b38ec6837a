CREATE TABLE `ssh_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`key` text NOT NULL,
	`source` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ssh_keys_once` ON `ssh_keys` (`user_id`,`key`);--> statement-breakpoint
ALTER TABLE `emails` ADD `source` text;--> statement-breakpoint
CREATE INDEX `github_identifiers_by_user` ON `github_identifiers` (`user_id`);