#!/bin/sh
# Builds service/src/audio/decoders/aac.wasm with the compiler of Debian 12, which has a WASM standard library:
#   apt-get install -y rustc cargo libstd-rust-dev-wasm32 lld
# `cargo vendor` needs a newer cargo (any since 1.70), because 1.65 cannot read today's registry index.
set -eu
cd "$(dirname "$0")"
mkdir -p .cargo
cargo vendor --locked >.cargo/config.toml
# Panic messages name source files; without the remapping the bytes would depend on where this folder lies.
RUSTC=/usr/bin/rustc RUSTFLAGS="--remap-path-prefix=$PWD=aac" \
  /usr/bin/cargo build --release --offline --locked --target wasm32-unknown-unknown
cp target/wasm32-unknown-unknown/release/aac_wasm.wasm ../../src/audio/decoders/aac.wasm
sha256sum ../../src/audio/decoders/aac.wasm
