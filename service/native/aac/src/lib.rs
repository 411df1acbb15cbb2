//! Symphonia's AAC-LC decoder behind four functions that a WebAssembly host can call.
//!
//! A panic becomes a trap: the host throws the instance away and starts another.

use symphonia_codec_aac::AacDecoder;
use symphonia_core::audio::{AudioBufferRef, Signal};
use symphonia_core::codecs::{CodecParameters, Decoder, DecoderOptions, CODEC_TYPE_AAC};
use symphonia_core::formats::Packet;

/// Memory for the host to write a configuration or a frame into. It lives as long as the instance.
#[no_mangle]
pub extern "C" fn aac_alloc_bytes(length: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; length].into_boxed_slice()) as *mut u8
}

/// Opens a decoder for an AudioSpecificConfig; null when it is not AAC-LC in mono or stereo.
///
/// # Safety
/// `config` points to `length` readable bytes.
#[no_mangle]
pub unsafe extern "C" fn aac_open(config: *const u8, length: usize) -> *mut AacDecoder {
    let mut parameters = CodecParameters::new();
    parameters
        .for_codec(CODEC_TYPE_AAC)
        .with_extra_data(std::slice::from_raw_parts(config, length).into());
    match AacDecoder::try_new(&parameters, &DecoderOptions::default()) {
        Ok(decoder) => Box::into_raw(Box::new(decoder)),
        Err(_) => std::ptr::null_mut(),
    }
}

/// Decodes one raw frame. Gives the samples per channel, or 0 when the frame is damaged.
///
/// # Safety
/// `decoder` comes from `aac_open`, `frame` points to `length` readable bytes.
#[no_mangle]
pub unsafe extern "C" fn aac_decode(
    decoder: *mut AacDecoder,
    frame: *const u8,
    length: usize,
) -> usize {
    let bytes = std::slice::from_raw_parts(frame, length);
    match (*decoder).decode(&Packet::new_from_slice(0, 0, 0, bytes)) {
        Ok(buffer) => buffer.frames(),
        Err(_) => 0,
    }
}

/// Where the last frame's samples of a channel are; null when there is no such channel.
///
/// # Safety
/// `decoder` comes from `aac_open`.
#[no_mangle]
pub unsafe extern "C" fn aac_channel(decoder: *const AacDecoder, channel: usize) -> *const f32 {
    match (*decoder).last_decoded() {
        AudioBufferRef::F32(buffer) if channel < buffer.spec().channels.count() => {
            buffer.chan(channel).as_ptr()
        }
        _ => std::ptr::null(),
    }
}
