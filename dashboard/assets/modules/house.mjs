// Which house this page asks: that of the present, or one rewound to the past, below an address of its own.

let base = "";

export function visit(address) { base = address; }

export function at(path) { return base + path; }
