// Slack's emoji names and their emoji: those that tools and people use most. Pure.

const table = `
tada 🎉 confetti_ball 🎊 rocket 🚀 fire 🔥 boom 💥 sparkles ✨ star ⭐ star2 🌟 zap ⚡ rainbow 🌈 sunny ☀️ cloud ☁️ snowflake ❄️
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 wave 👋 clap 👏 raised_hands 🙌 pray 🙏 muscle 💪 point_right 👉 point_left 👈
point_up ☝️ point_down 👇 point_up_2 👆 raised_hand ✋ hand ✋ v ✌️ crossed_fingers 🤞 handshake 🤝 writing_hand ✍️ eyes 👀 ear 👂
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 joy 😂 rolling_on_the_floor_laughing 🤣 rofl 🤣 wink 😉 blush 😊
slightly_smiling_face 🙂 upside_down_face 🙃 innocent 😇 heart_eyes 😍 kissing_heart 😘 yum 😋 stuck_out_tongue 😛
stuck_out_tongue_winking_eye 😜 sunglasses 😎 nerd_face 🤓 star-struck 🤩 partying_face 🥳 smirk 😏 unamused 😒 thinking_face 🤔
thinking 🤔 neutral_face 😐 expressionless 😑 no_mouth 😶 face_with_rolling_eyes 🙄 hushed 😯 zipper_mouth_face 🤐 relieved 😌
sleepy 😪 sleeping 😴 mask 😷 confused 😕 worried 😟 slightly_frowning_face 🙁 white_frowning_face ☹️ open_mouth 😮 astonished 😲
flushed 😳 pleading_face 🥺 cry 😢 sob 😭 scream 😱 cold_sweat 😰 sweat 😓 sweat_smile 😅 weary 😩 tired_face 😫 triumph 😤 angry 😠
rage 😡 exploding_head 🤯 shrug 🤷 facepalm 🤦 face_palm 🤦 hugging_face 🤗 skull 💀 ghost 👻 alien 👽 robot_face 🤖 poop 💩 hankey 💩
smiley_cat 😺 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 monkey_face 🐵 dog 🐶 cat 🐱 mouse 🐭 fox_face 🦊 bear 🐻 panda_face 🐼
tiger 🐯 cow 🐮 pig 🐷 frog 🐸 chicken 🐔 penguin 🐧 bird 🐦 owl 🦉 bee 🐝 bug 🐛 beetle 🐞 snail 🐌 octopus 🐙 whale 🐳 dolphin 🐬
snake 🐍 turtle 🐢 dragon 🐉 unicorn_face 🦄 parrot 🦜 crab 🦀 evergreen_tree 🌲 deciduous_tree 🌳 seedling 🌱 herb 🌿 four_leaf_clover 🍀
rose 🌹 sunflower 🌻 cherry_blossom 🌸 tulip 🌷 apple 🍎 banana 🍌 pizza 🍕 hamburger 🍔 taco 🌮 sushi 🍣 cookie 🍪 cake 🍰 birthday 🎂
doughnut 🍩 popcorn 🍿 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 champagne 🍾 clinking_glasses 🥂
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 white_heart 🤍 broken_heart 💔
two_hearts 💕 sparkling_heart 💖 100 💯 white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎
heavy_multiplication_x ✖️ o ⭕ warning ⚠️ exclamation ❗ heavy_exclamation_mark ❗ bangbang ‼️ question ❓ grey_question ❔
grey_exclamation ❕ interrobang ⁉️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 construction 🚧 rotating_light 🚨 sos 🆘 new 🆕 free 🆓
up 🆙 cool 🆒 ok 🆗 recycle ♻️ red_circle 🔴 large_blue_circle 🔵 large_green_circle 🟢 large_yellow_circle 🟡 large_orange_circle 🟠
large_purple_circle 🟣 white_circle ⚪ black_circle ⚫ large_green_square 🟩 large_red_square 🟥 large_yellow_square 🟨
white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹 small_orange_diamond 🔸 small_red_triangle 🔺 small_red_triangle_down 🔻
arrow_up ⬆️ arrow_down ⬇️ arrow_right ➡️ arrow_left ⬅️ arrow_upper_right ↗️ arrow_lower_right ↘️ arrow_forward ▶️ rewind ⏪
fast_forward ⏩ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrows_counterclockwise 🔄 repeat 🔁 heavy_plus_sign ➕
heavy_minus_sign ➖ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ keycap_ten 🔟 hash #️⃣
bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 speech_balloon 💬 thought_balloon 💭 memo 📝 pencil 📝 pencil2 ✏️ book 📖 books 📚 bookmark 🔖
clipboard 📋 calendar 📆 date 📅 spiral_calendar_pad 🗓️ chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 pushpin 📌
round_pushpin 📍 paperclip 📎 link 🔗 email 📧 envelope ✉️ incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 package 📦 mailbox 📫
phone ☎️ telephone_receiver 📞 iphone 📱 computer 💻 desktop_computer 🖥️ keyboard ⌨️ floppy_disk 💾 cd 💿 battery 🔋 electric_plug 🔌
bulb 💡 flashlight 🔦 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 closed_lock_with_key 🔐 shield 🛡️ hammer 🔨 wrench 🔧
hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 microscope 🔬 telescope 🔭 test_tube 🧪 thermometer 🌡️ pill 💊 syringe 💉 wastebasket 🗑️
alarm_clock ⏰ stopwatch ⏱️ hourglass ⌛ hourglass_flowing_sand ⏳ watch ⌚ clock1 🕐 clock12 🕛 moneybag 💰 dollar 💵 credit_card 💳 gem 💎
gift 🎁 balloon 🎈 trophy 🏆 medal 🏅 first_place_medal 🥇 dart 🎯 game_die 🎲 video_game 🎮 art 🎨 musical_note 🎵 notes 🎶 guitar 🎸
microphone 🎤 headphones 🎧 movie_camera 🎥 camera 📷 tv 📺 ship 🚢 airplane ✈️ car 🚗 bus 🚌 train 🚆 bike 🚲 truck 🚚 ambulance 🚑
fire_engine 🚒 police_car 🚓 house 🏠 office 🏢 factory 🏭 hospital 🏥 earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 globe_with_meridians 🌐
map 🗺️ triangular_flag_on_post 🚩 checkered_flag 🏁 waving_white_flag 🏳️ pirate_flag 🏴‍☠️ flag-us 🇺🇸 us 🇺🇸 flag-cn 🇨🇳 cn 🇨🇳 flag-de 🇩🇪 de 🇩🇪
flag-fr 🇫🇷 fr 🇫🇷 flag-jp 🇯🇵 jp 🇯🇵 flag-gb 🇬🇧 gb 🇬🇧 whale2 🐋 octocat 🐙 dancer 💃 man_dancing 🕺 runner 🏃 walking 🚶 detective 🕵️
technologist 🧑‍💻 female-technologist 👩‍💻 male-technologist 👨‍💻 busts_in_silhouette 👥 bust_in_silhouette 👤 crown 👑 cyclone 🌀 ocean 🌊
droplet 💧 umbrella ☂️ comet ☄️ crescent_moon 🌙 full_moon 🌕 sun_with_face 🌞 melting_face 🫠 saluting_face 🫡 heart_hands 🫶 palms_up_together 🤲`

const byName = new Map<string, string>()
const words = table.trim().split(/\s+/)
for (let i = 0; i + 1 < words.length; i += 2) byName.set(words[i] ?? '', words[i + 1] ?? '')

const tones = ['🏻', '🏼', '🏽', '🏾', '🏿']

/** The emoji of a name with or without its colons (`:tada:`, `wave::skin-tone-3`), or undefined if it is not known here. */
export function emojiOf(name: string): string | undefined {
  const [, bare = '', tone] = /^:?([^\s:]{1,64})(?:::skin-tone-([2-6]))?:?$/.exec(name) ?? []
  const emoji = byName.get(bare)
  if (emoji === undefined || tone === undefined) return emoji
  // A skin tone replaces the variation selector.
  return emoji.replace('\ufe0f', '') + (tones[Number(tone) - 2] ?? '')
}

/** Replaces known names with emoji; others stay as written. */
export const withEmoji = (text: string): string =>
  text.replace(
    /:([a-z0-9_+'-]{1,64}):(?::skin-tone-([2-6]):)?/g,
    (written, name: string, tone: string | undefined) =>
      emojiOf(tone === undefined ? name : `${name}::skin-tone-${tone}`) ?? written,
  )
