ALTER TABLE `users` ADD `vm_number` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `users_vm_number_unique` ON `users` (`vm_number`);