ALTER TABLE `operations` ADD `traceparent` text;--> statement-breakpoint
ALTER TABLE `reservations` ADD `traceparent` text;--> statement-breakpoint
ALTER TABLE `events` ADD `traceparent` text;