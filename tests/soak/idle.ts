// A process that does nothing, to be measured beside one that does.
setInterval(() => {}, 2 ** 30);
