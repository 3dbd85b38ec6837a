ALTER TABLE `resources` ADD `unproven_since` integer;--> statement-breakpoint
CREATE INDEX `reservations_live_by_user` ON `reservations` (`user_id`,`status`) WHERE "reservations"."ended_at" is null;