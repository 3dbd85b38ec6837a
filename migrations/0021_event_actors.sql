ALTER TABLE `events` ADD `actor_kind` text;--> statement-breakpoint
ALTER TABLE `events` ADD `actor_id` text;--> statement-breakpoint
ALTER TABLE `events` ADD `actor_name` text;--> statement-breakpoint
ALTER TABLE `events` ADD `actor_token` text;--> statement-breakpoint
ALTER TABLE `events` ADD `request_id` text;--> statement-breakpoint
ALTER TABLE `events` ADD `address` text;