/* guest_console.h - a guest's serial ports, channels, screens and what is typed.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_parts.h"
#include "formats/guest_rows.h"

#define GUEST_PORT_ROWS(ROW, R)                                                                \
	GUEST_CHARDEV_ROWS(ROW, R)                                                             \
	ROW(R, WORD, target, "target@type",                                                    \
	    "what the guest sees: isa-serial, usb-serial, pci-serial, virtio, "                \
	    "guestfwd, ... (<target type=>)",                                                  \
	    "xen", "serial", "uml", "virtio", "lxc", "openvz", "sclp", "sclplm", "isa-serial", \
	    "usb-serial", "pci-serial", "spapr-vio-serial", "system-serial", "sclp-serial",    \
	    "isa-debug", "guestfwd")                                                           \
	ROW(R, WORD, target_model, "target/model@name", "model of it (<model name=>)",         \
	    "isa-serial", "usb-serial", "pci-serial", "spapr-vty", "pl011", "16550a",          \
	    "sclpconsole", "sclplmconsole", "isa-debugcon")                                    \
	ROW(R, NUMBER, port, "target@port", "number of the port (<target port=>)")             \
	ROW(R, TEXT, target_address, "target@address", "of guestfwd (<target address=>)")      \
	ROW(R, TEXT, name, "target@name", "name of a virtio port (<target name=>)")            \
	ROW(R, WORD, state, "target@state", "whether the guest has it open (<target state=>)", \
	    "connected", "disconnected")                                                       \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                \
	    "number in the guest's firmware tables (<acpi index=>)")                           \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)     \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_port, GUEST_PORT_ROWS);

extern const struct bind_members guest_serials;

extern const struct bind_members guest_parallels;

extern const struct bind_members guest_consoles;

extern const struct bind_members guest_channels;

#define GUEST_INPUT_ROWS(ROW, R)                                                                   \
	ROW(R, WORD, type, "@type", "tablet, mouse, keyboard, passthrough, evdev (type=)",         \
	    "tablet", "mouse", "keyboard", "passthrough", "evdev")                                 \
	ROW(R, WORD, bus, "@bus", "usb, ps2, virtio or xen (bus=)", "ps2", "usb", "xen", "virtio") \
	ROW(R, WORD, model, "@model", "of virtio (model=)", "virtio", "virtio-transitional",       \
	    "virtio-non-transitional")                                                             \
	ROW(R, TEXT, event_device, "source@evdev",                                                 \
	    "device of the host, passed through (<source evdev=>)")                                \
	ROW(R, TEXT, device, "source@dev", "device of the host (<source dev=>)")                   \
	ROW(R, TEXT, grab, "source@grab", "all: of every device at once (<source grab=>)")         \
	ROW(R, WORD, grab_toggle, "source@grabToggle",                                             \
	    "keys that change sides (<source grabToggle=>)", "ctrl-ctrl", "alt-alt",               \
	    "shift-shift", "meta-meta", "scrolllock", "ctrl-scrolllock")                           \
	ROW(R, ONOFF, repeat, "source@repeat", "whether keys repeat (<source repeat=>)")           \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)               \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                    \
	    "number in the guest's firmware tables (<acpi index=>)")                               \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)         \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_input, GUEST_INPUT_ROWS);

extern const struct bind_members guest_inputs;

#define GUEST_LISTEN_ROWS(ROW, R)                                                              \
	ROW(R, WORD, type, "@type", "address, network, socket or none (type=)", "address",     \
	    "network", "socket", "none")                                                       \
	ROW(R, TEXT, address, "@address", "address (address=)")                                \
	ROW(R, TEXT, network, "@network", "network of libvirt whose address it is (network=)") \
	ROW(R, TEXT, socket, "@socket", "path (socket=)")
ROWS_STRUCT(guest_listen, GUEST_LISTEN_ROWS);

extern const struct bind_members guest_listens;

#define GUEST_SPICE_CHANNEL_ROWS(ROW, R) \
	ROW(R, WORD, mode, "@mode", "any, secure or insecure (mode=)", "any", "secure", "insecure")
ROWS_STRUCT(guest_spice_channel, GUEST_SPICE_CHANNEL_ROWS);

extern const struct bind_members guest_spice_channels;

#define GUEST_GRAPHICS_ROWS(ROW, R)                                                                \
	ROW(R, CONFIGURED, port, "@port", "TCP port; -1 for the next free one (port=)")            \
	ROW(R, CONFIGURED, tls_port, "@tlsPort", "TCP port with TLS (tlsPort=)")                   \
	ROW(R, YESNO, auto_port, "@autoport", "whether libvirt chooses the port (autoport=)")      \
	ROW(R, CONFIGURED, websocket, "@websocket", "port for browsers (websocket=)")              \
	ROW(R, TEXT, listen, "@listen", "address it listens on (listen=)")                         \
	ROW(R, TEXT, socket, "@socket", "path it listens on (socket=)")                            \
	LIVE(ROW, R, SECRET, password, "@passwd",                                                  \
	     "what a client has to say; looked up when it is defined, and given to one that runs " \
	     "(passwd=)")                                                                          \
	ROW(R, TEXT, keymap, "@keymap", "keyboard; better not said (keymap=)")                     \
	LIVE(ROW, R, TEXT, valid_until, "@passwdValidTo",                                          \
	     "until when the password holds (passwdValidTo=)")                                     \
	LIVE(ROW, R, WORD, connected, "@connected",                                                \
	     "what a changed password does to who is there: keep, disconnect, fail "               \
	     "(connected=)",                                                                       \
	     "keep", "fail", "disconnect")                                                         \
	ROW(R, WORD, share, "@sharePolicy",                                                        \
	    "several clients: allow-exclusive, force-shared, ignore "                              \
	    "(sharePolicy=)",                                                                      \
	    "allow-exclusive", "force-shared", "ignore")                                           \
	ROW(R, YESNO, power_control, "@powerControl",                                              \
	    "whether a client may turn it off (powerControl=)")                                    \
	ROW(R, WORD, default_mode, "@defaultMode",                                                 \
	    "of SPICE channels: any, secure, insecure (defaultMode=)", "any", "secure",            \
	    "insecure")                                                                            \
	ROW(R, TEXT, display, "@display", "X display (display=)")                                  \
	ROW(R, TEXT, xauth, "@xauth", "X authority file (xauth=)")                                 \
	ROW(R, YESNO, full_screen, "@fullscreen",                                                  \
	    "whether a window fills the screen (fullscreen=)")                                     \
	ROW(R, YESNO, p2p, "@p2p", "D-Bus without a bus (p2p=)")                                   \
	ROW(R, TEXT, bus_address, "@address", "address of the D-Bus (address=)")                   \
	ROW(R, YESNO, multi_user, "@multiUser", "several clients of RDP (multiUser=)")             \
	ROW(R, YESNO, replace_user, "@replaceUser",                                                \
	    "a new client of RDP takes over (replaceUser=)")                                       \
	ROW(R, TEXT, user, "@username", "who logs in to RDP (username=)")                          \
	ROW(R, MANY, listens, "listen", "where it listens (<listen>)", guest_listen,               \
	    guest_listens)                                                                         \
	ROW(R, KEYED, channels, "channel", "SPICE channels (<channel>)", guest_spice_channel,      \
	    guest_spice_channels)                                                                  \
	ROW(R, WORD, image, "image@compression", "compression of pictures (<image compression=>)", \
	    "auto_glz", "auto_lz", "quic", "glz", "lz", "off")                                     \
	ROW(R, WORD, jpeg, "jpeg@compression", "on slow lines (<jpeg compression=>)", "auto",      \
	    "never", "always")                                                                     \
	ROW(R, WORD, zlib, "zlib@compression", "on slow lines (<zlib compression=>)", "auto",      \
	    "never", "always")                                                                     \
	ROW(R, ONOFF, playback, "playback@compression",                                            \
	    "whether sound is compressed (<playback compression=>)")                               \
	ROW(R, WORD, streaming, "streaming@mode",                                                  \
	    "which videos are found: filter, all, off (<streaming mode=>)", "filter", "all",       \
	    "off")                                                                                 \
	ROW(R, YESNO, clipboard, "clipboard@copypaste",                                            \
	    "whether the clipboard is shared (<clipboard copypaste=>)")                            \
	ROW(R, WORD, mouse, "mouse@mode", "client or server (<mouse mode=>)", "server", "client")  \
	ROW(R, YESNO, file_transfer, "filetransfer@enable",                                        \
	    "whether files can be dropped (<filetransfer enable=>)")                               \
	ROW(R, YESNO, gl, "gl@enable",                                                             \
	    "whether pictures stay in the graphics card (<gl enable=>)")                           \
	ROW(R, TEXT, render_node, "gl@rendernode", "card of the host for it (<gl rendernode=>)")   \
	ROW(R, TEXT, audio, "audio@id", "sound of the guest it plays (<audio id=>)")
ROWS_STRUCT(guest_graphics, GUEST_GRAPHICS_ROWS);

extern const struct bind_members guest_displays;

#define GUEST_VIDEO_ROWS(ROW, R)                                                                  \
	ROW(R, WORD, type, "model@type",                                                          \
	    "virtio, vga, qxl, cirrus, bochs, ramfb, none, ... (<model type=>)", "vga", "cirrus", \
	    "vmvga", "xen", "vbox", "virtio", "gop", "none", "bochs", "ramfb", "qxl")             \
	ROW(R, NUMBER, ram, "model@ram", "KiB (<model ram=>)")                                    \
	ROW(R, NUMBER, vram, "model@vram", "KiB (<model vram=>)")                                 \
	ROW(R, NUMBER, vram64, "model@vram64", "KiB (<model vram64=>)")                           \
	ROW(R, NUMBER, vgamem, "model@vgamem", "KiB (<model vgamem=>)")                           \
	ROW(R, COUNT, heads, "model@heads", "screens (<model heads=>)")                           \
	ROW(R, YESNO, primary, "model@primary",                                                   \
	    "whether firmware shows itself there (<model primary=>)")                             \
	ROW(R, ONOFF, blob, "model@blob", "pictures by reference (<model blob=>)")                \
	ROW(R, YESNO, accel_2d, "model/acceleration@accel2d",                                     \
	    "acceleration in two dimensions (<acceleration accel2d=>)")                           \
	ROW(R, YESNO, accel_3d, "model/acceleration@accel3d",                                     \
	    "acceleration in three dimensions (<acceleration accel3d=>)")                         \
	ROW(R, TEXT, render_node, "model/acceleration@rendernode",                                \
	    "card of the host for it (<acceleration rendernode=>)")                               \
	ROW(R, COUNT, width, "model/resolution@x", "points across (<resolution x=>)")             \
	ROW(R, COUNT, height, "model/resolution@y", "points down (<resolution y=>)")              \
	ROW(R, WORD, driver, "driver@name",                                                       \
	    "qemu, or vhostuser for a process of its own (<driver name=>)", "qemu", "vhostuser")  \
	ROW(R, WORD, vga, "driver@vgaconf", "io, on or off (<driver vgaconf=>)", "io", "on",      \
	    "off")                                                                                \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)              \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                   \
	    "number in the guest's firmware tables (<acpi index=>)")                              \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)        \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_video, GUEST_VIDEO_ROWS);

extern const struct bind_members guest_videos;

#define GUEST_CODEC_ROWS(ROW, R) \
	ROW(R, WORD, type, "@type", "duplex, micro or output (type=)", "duplex", "micro", "output")
ROWS_STRUCT(guest_codec, GUEST_CODEC_ROWS);

extern const struct bind_members guest_codecs;

#define GUEST_SOUND_ROWS(ROW, R)                                                             \
	ROW(R, WORD, model, "@model",                                                        \
	    "ich9, ich6, ac97, usb, virtio, es1370, sb16, pcspk (model=)", "sb16", "es1370", \
	    "pcspk", "ac97", "ich6", "ich7", "ich9", "usb", "virtio")                        \
	ROW(R, YESNO, multichannel, "@multichannel",                                         \
	    "more than two channels, of usb (multichannel=)")                                \
	ROW(R, TEXT, streams, "@streams", "of virtio (streams=)")                            \
	ROW(R, MANY, codecs, "codec", "codecs (<codec>)", guest_codec, guest_codecs)         \
	ROW(R, TEXT, audio, "audio@id", "where its sound goes (<audio id=>)")                \
	ROW(R, PART, virtio, "driver", "options of virtio (<driver>)", guest_virtio)         \
	ROW(R, COUNT, acpi_index, "acpi@index",                                              \
	    "number in the guest's firmware tables (<acpi index=>)")                         \
	ROW(R, PART, slot, "address", "where it is plugged in (<address>)", guest_address)   \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_sound, GUEST_SOUND_ROWS);

extern const struct bind_members guest_sounds;

#define GUEST_AUDIO_SIDE_ROWS(ROW, R)                                                              \
	ROW(R, YESNO, mixing, "@mixingEngine", "whether QEMU mixes (mixingEngine=)")               \
	ROW(R, YESNO, fixed, "@fixedSettings", "whether the settings below hold (fixedSettings=)") \
	ROW(R, TEXT, voices, "@voices", "how many at once (voices=)")                              \
	ROW(R, TEXT, buffer_length, "@bufferLength", "microseconds (bufferLength=)")               \
	ROW(R, TEXT, device, "@dev", "of the host (dev=)")                                         \
	ROW(R, TEXT, buffer_count, "@bufferCount", "buffers (bufferCount=)")                       \
	ROW(R, TEXT, server, "@serverName", "JACK server (serverName=)")                           \
	ROW(R, TEXT, client, "@clientName", "name as a client of JACK (clientName=)")              \
	ROW(R, TEXT, connect_ports, "@connectPorts", "ports of JACK (connectPorts=)")              \
	ROW(R, YESNO, exact_name, "@exactName",                                                    \
	    "whether the name must not be changed (exactName=)")                                   \
	ROW(R, YESNO, try_poll, "@tryPoll", "whether it polls (tryPoll=)")                         \
	ROW(R, TEXT, name, "@name", "of a sink or source (name=)")                                 \
	ROW(R, TEXT, stream, "@streamName", "of a stream (streamName=)")                           \
	ROW(R, TEXT, latency, "@latency", "microseconds (latency=)")                               \
	ROW(R, TEXT, frequency, "settings@frequency", "Hz (<settings frequency=>)")                \
	ROW(R, TEXT, channels, "settings@channels", "channels (<settings channels=>)")             \
	ROW(R, WORD, format, "settings@format",                                                    \
	    "s8, u8, s16, u16, s32, u32, f32 (<settings format=>)", "s8", "u8", "s16", "u16",      \
	    "s32", "u32", "f32")
ROWS_STRUCT(guest_audio_side, GUEST_AUDIO_SIDE_ROWS);

#define GUEST_AUDIO_ROWS(ROW, R)                                                                 \
	ROW(R, WORD, type, "@type",                                                              \
	    "none, pipewire, pulseaudio, alsa, jack, oss, sdl, spice, dbus, file, "              \
	    "coreaudio (type=)",                                                                 \
	    "none", "dbus", "alsa", "coreaudio", "jack", "oss", "pipewire", "pulseaudio", "sdl", \
	    "spice", "file")                                                                     \
	ROW(R, TEXT, period, "@timerPeriod", "microseconds (timerPeriod=)")                      \
	ROW(R, YESNO, mmap, "@tryMMap", "of OSS (tryMMap=)")                                     \
	ROW(R, YESNO, exclusive, "@exclusive", "of OSS (exclusive=)")                            \
	ROW(R, TEXT, dsp_policy, "@dspPolicy", "of OSS (dspPolicy=)")                            \
	ROW(R, TEXT, runtime_folder, "@runtimeDir", "of PipeWire (runtimeDir=)")                 \
	ROW(R, TEXT, server, "@serverName", "of PulseAudio (serverName=)")                       \
	ROW(R, WORD, driver, "@driver", "of SDL (driver=)", "esd", "alsa", "arts", "pulseaudio") \
	ROW(R, TEXT, path, "@path", "of a file (path=)")                                         \
	ROW(R, PART, input, "input", "what the guest hears (<input>)", guest_audio_side)         \
	ROW(R, PART, output, "output", "what the guest plays (<output>)", guest_audio_side)
ROWS_STRUCT(guest_audio, GUEST_AUDIO_ROWS);

extern const struct bind_members guest_audios;
