ALTER TABLE `reservations` ADD `requested_by` text;--> statement-breakpoint
ALTER TABLE `resources` ADD `maintenance_until` integer;--> statement-breakpoint
CREATE INDEX `resources_back_from_maintenance` ON `resources` (`maintenance_until`) WHERE "resources"."maintenance_until" is not null;