CREATE TABLE `history_tallies` (
	`pool_id` text NOT NULL,
	`step` text NOT NULL,
	`at` integer NOT NULL,
	`tally` text NOT NULL,
	PRIMARY KEY(`pool_id`, `step`, `at`)
);
--> statement-breakpoint
CREATE INDEX `history_tallies_by_age` ON `history_tallies` (`step`,`at`);