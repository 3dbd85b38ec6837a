ALTER TABLE `api_tokens` ADD `parent_id` text;--> statement-breakpoint
CREATE INDEX `api_tokens_by_parent` ON `api_tokens` (`parent_id`) WHERE "api_tokens"."parent_id" is not null;--> statement-breakpoint
ALTER TABLE `github_identifiers` ADD `vouched` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `reservations` ADD `credentials_hidden` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `password_version` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `leaving_since` integer;--> statement-breakpoint
CREATE INDEX `users_leaving` ON `users` (`leaving_since`) WHERE "users"."leaving_since" is not null;--> statement-breakpoint
-- The highest cost of any password: bcrypt writes it at the same place of each hash, counted from the end.
CREATE INDEX `users_password_cost` ON `users` (substr(`password_hash`, -56, 2));--> statement-breakpoint
-- A crash may have left deleted users with reservations; they are ended at the next start.
UPDATE `users` SET `leaving_since` = `disabled_at` WHERE `disabled_at` IS NOT NULL;
