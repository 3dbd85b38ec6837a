// Makes a newer Node say that it is 20.20.2.
Object.defineProperty(process, 'version', { value: 'v20.20.2' });
