#include "formats/guest_console.h"

ROWS_TABLE(guest_port, GUEST_PORT_ROWS);
const struct bind_members guest_serials = { .alias = "ua-serial-",
					    .table = &guest_port_table,
					    .plug = "target@type",
					    .plugged = "address,target/model",
					    .word = "serial" };

const struct bind_members guest_parallels = { .alias = "ua-parallel-",
					      .table = &guest_port_table,
					      .plug = "@type",
					      .plugged = "source,protocol",
					      .word = "parallel" };

const struct bind_members guest_consoles = { .alias = "ua-console-",
					     .table = &guest_port_table,
					     .plug = "@type",
					     .plugged = "source,protocol",
					     .word = "console" };

const struct bind_members guest_channels = { .alias = "ua-channel-",
					     .table = &guest_port_table,
					     .foreign = "target@name",
					     .plug = "target@type",
					     .plugged = "address",
					     .word = "channel" };

ROWS_TABLE(guest_input, GUEST_INPUT_ROWS);
const struct bind_members guest_inputs = {
	.alias = "ua-input-",
	.table = &guest_input_table,
	.foreign = "@type,@bus",
	.plug = "@bus",
	.plugged = "address",
	.word = "input",
};

ROWS_TABLE(guest_listen, GUEST_LISTEN_ROWS);
const struct bind_members guest_listens = { .table = &guest_listen_table, .word = "listen" };

ROWS_TABLE(guest_spice_channel, GUEST_SPICE_CHANNEL_ROWS,
	   .shorthand = &guest_spice_channel_fields[0]);
const struct bind_members guest_spice_channels = { .table = &guest_spice_channel_table,
						   .foreign = "@name",
						   .keyed = true };

ROWS_TABLE(guest_graphics, GUEST_GRAPHICS_ROWS);
const struct bind_members guest_displays = { .table = &guest_graphics_table,
					     .foreign = "@type",
					     .keyed = true };

ROWS_TABLE(guest_video, GUEST_VIDEO_ROWS, .shorthand = &guest_video_fields[0]);
const struct bind_members guest_videos = {
	.alias = "ua-video-", .table = &guest_video_table, .foreign = "model@type", .word = "video"
};

ROWS_TABLE(guest_codec, GUEST_CODEC_ROWS, .shorthand = &guest_codec_fields[0]);
const struct bind_members guest_codecs = { .table = &guest_codec_table, .word = "codec" };

ROWS_TABLE(guest_sound, GUEST_SOUND_ROWS, .shorthand = &guest_sound_fields[0]);
const struct bind_members guest_sounds = {
	.alias = "ua-sound-",
	.table = &guest_sound_table,
	.foreign = "@model",
	.plug = "@model",
	.plugged = "address",
	.word = "sound",
};

ROWS_TABLE(guest_audio_side, GUEST_AUDIO_SIDE_ROWS);
ROWS_TABLE(guest_audio, GUEST_AUDIO_ROWS, .shorthand = &guest_audio_fields[0]);
const struct bind_members guest_audios = {
	.table = &guest_audio_table,
	.foreign = "@id",
	.plug = "@type",
	.plugged = "input,output,@timerPeriod,@tryMMap,@exclusive,@dspPolicy,@runtimeDir,"
		   "@serverName,@driver,@path",
	.word = "audio",
	.keyed = true,
};
