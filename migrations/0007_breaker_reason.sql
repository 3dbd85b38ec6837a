ALTER TABLE `breakers` ADD `reason` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `breakers` ADD `since` integer DEFAULT 0 NOT NULL;