ALTER TABLE `reservations` ADD `notice` integer;--> statement-breakpoint
ALTER TABLE `reservations` ADD `notice_at` integer;