process.on('message', (message: object) => void process.send?.(message));
process.send?.('ready');
