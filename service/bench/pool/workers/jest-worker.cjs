exports.echo = (value) => value;
