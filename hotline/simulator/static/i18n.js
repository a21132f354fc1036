// Every text of the phone page in both languages, and the names of the languages spoken on the line.
// Leaves placing them on the page to phone.js and its parts.

/** @typedef {"zh" | "en"} Language of the page */
/** @typedef {keyof typeof TEXTS.zh} TextKey */
/** @typedef {Record<string, string | number>} Values for the {gaps} of a text */

const TEXTS = {
  zh: {
    title: "模拟电话",
    about: "在浏览器里的一部电话。拨 12355，听听孩子会听到什么；也可以换成别的号码来接听。通话只在这台电脑上，不会拨到外面。",
    otherLanguage: "EN",
    otherLanguageHint: "EN: Switch to English",
    whoTitle: "用谁的号码",
    whoClose: "完成",
    whoOther: "其他号码",
    whoUse: "使用",
    whoLocked: "通话结束后才能换号码",
    ownNumber: "本机号码",
    whoChange: "换号码",
    soundOn: "关掉声音",
    soundOff: "打开声音",
    displayLabel: "通话内容",
    keypadLabel: "拨号键盘",
    dialLabel: "要拨的号码",
    erase: "删除一位",
    quickLabel: "快速拨号",
    call: "拨打",
    hangup: "挂断",
    answer: "接听",
    decline: "拒接",
    mute: "静音",
    unmute: "取消静音",
    sayLabel: "代替说话，输入文字",
    sayPlaceholder: "打字代替说话…",
    say: "说出",
    levelIn: "我",
    levelOut: "对方",
    keyboardTitle: "键盘",
    keyboardDigits: "按键",
    keyboardEnter: "拨打 / 接听",
    keyboardEscape: "挂断 / 拒接",
    emptyTitle: "拨 12355 试试",
    emptyTitleStation: "等待来电",
    emptyBody: "听到和说出的话会显示在这里。",
    connecting: "正在连接模拟器…",
    lost: "连接已断开，正在重连（第 {attempt} 次）。",
    lostInCall: "连接已断开，正在重连（第 {attempt} 次）。通话会保留片刻。",
    replaced: "这个号码已在另一个窗口打开。",
    replacedUse: "在这里使用",
    dialFailed: "没有拨出去：模拟器没有回应。请稍后再拨。",
    noSuchNumber: "没有接通：模拟器里没有 {number} 这个号码。请检查后再拨。",
    microphoneRefused: "麦克风未获允许，对方听不到您。仍可按键或打字；要说话，请在地址栏允许麦克风。",
    microphoneMissing: "没有找到麦克风，对方听不到您。仍可按键或打字。",
    stateIdle: "待机",
    stateDialing: "正在拨号…",
    stateRinging: "来电",
    stateTalking: "通话中",
    stateReconnecting: "正在重连…",
    stateEnded: "通话结束",
    stateAway: "正在另一个窗口使用",
    held: "对方让您稍候",
    gatherKeys: "请按键",
    gatherSpeech: "请说话",
    gatherBoth: "请按键或说话",
    speakerVoice: "语音",
    speakerMusic: "录音",
    speakerMe: "我",
    speakerNote: "提示",
    music: "正在播放录音或音乐",
    pressed: "按了 {digits}",
    joined: "{address} 加入了通话",
    left: "{address} 离开了通话",
    noteDialed: "拨打 {number}",
    noteIncoming: "{number} 来电",
    noteEnded: "通话结束，时长 {duration}",
    noteMissed: "未接通",
    presetChild: "在家的孩子",
    presetTeen: "说粤语的少年",
    presetGrandmother: "说客家话的奶奶",
    presetParent: "着急的家长",
    presetStation: "保护工作站值班",
    quick12355: "青少年",
    quick12356: "心理援助",
    quick12338: "妇女儿童",
    quick12348: "法律援助",
    quick12349: "民政服务",
    quick02000000040: "未成年人保护",
  },
  en: {
    title: "Simulated phone",
    about: "A phone in your browser. Dial 12355 and hear what a child hears, or take another number and answer. Calls stay on this computer; nothing is dialled outside.",
    otherLanguage: "中文",
    otherLanguageHint: "切换到中文",
    whoTitle: "Whose phone",
    whoClose: "Done",
    whoOther: "Another number",
    whoUse: "Use it",
    whoLocked: "The number can be changed after the call",
    ownNumber: "This phone",
    whoChange: "Change number",
    soundOn: "Turn sound off",
    soundOff: "Turn sound on",
    displayLabel: "What is said",
    keypadLabel: "Keypad",
    dialLabel: "Number to call",
    erase: "Delete a digit",
    quickLabel: "Quick dial",
    call: "Call",
    hangup: "Hang up",
    answer: "Answer",
    decline: "Decline",
    mute: "Mute",
    unmute: "Unmute",
    sayLabel: "Type instead of speaking",
    sayPlaceholder: "Type instead of speaking…",
    say: "Say it",
    levelIn: "Me",
    levelOut: "Them",
    keyboardTitle: "Keyboard",
    keyboardDigits: "Keys",
    keyboardEnter: "Call / answer",
    keyboardEscape: "Hang up / decline",
    emptyTitle: "Try dialling 12355",
    emptyTitleStation: "Waiting for a call",
    emptyBody: "What you hear and say appears here.",
    connecting: "Connecting to the simulator…",
    lost: "Connection lost, reconnecting (attempt {attempt}).",
    lostInCall: "Connection lost, reconnecting (attempt {attempt}). The call is kept for a moment.",
    replaced: "This number was opened in another window.",
    replacedUse: "Use it here",
    dialFailed: "The call did not go out: the simulator does not answer. Please try again shortly.",
    noSuchNumber: "Not connected: the simulator has no number {number}. Please check it and call again.",
    microphoneRefused: "The microphone was not allowed, so nobody can hear you. Keys and typing still work; to speak, allow the microphone in the address bar.",
    microphoneMissing: "No microphone was found, so nobody can hear you. Keys and typing still work.",
    stateIdle: "Ready",
    stateDialing: "Calling…",
    stateRinging: "Incoming call",
    stateTalking: "In call",
    stateReconnecting: "Reconnecting…",
    stateEnded: "Call ended",
    stateAway: "In use in another window",
    held: "You are on hold",
    gatherKeys: "Press keys now",
    gatherSpeech: "Speak now",
    gatherBoth: "Press keys or speak now",
    speakerVoice: "Voice prompt",
    speakerMusic: "Recording",
    speakerMe: "Me",
    speakerNote: "Note",
    music: "A recording or music is playing",
    pressed: "pressed {digits}",
    joined: "{address} joined the call",
    left: "{address} left the call",
    noteDialed: "Calling {number}",
    noteIncoming: "Call from {number}",
    noteEnded: "Call ended after {duration}",
    noteMissed: "Not connected",
    presetChild: "A child at home",
    presetTeen: "A teenager, Cantonese",
    presetGrandmother: "A grandmother, Hakka",
    presetParent: "A worried parent",
    presetStation: "A protection station",
    quick12355: "Youth",
    quick12356: "Wellbeing",
    quick12338: "Women",
    quick12348: "Legal aid",
    quick12349: "Civil affairs",
    quick02000000040: "Child protection",
  },
};

/** @type {[RegExp, Record<Language, string>][]} */
const SPOKEN = [
  [/^(zh-hk|zh-yue|yue)/, { zh: "粤语", en: "Cantonese" }],
  [/^(zh-hak|hak)/, { zh: "客家话", en: "Hakka" }],
  [/^(zh-nan|nan)/, { zh: "潮州话", en: "Teochew" }],
  [/^(zh|cmn)/, { zh: "普通话", en: "Mandarin" }],
  [/^(en)/, { zh: "英语", en: "English" }],
];

let language = readLanguage();

/** @returns {Language} */
function readLanguage() {
  const wanted = new URLSearchParams(globalThis.location.search).get("lang");
  return wanted?.toLowerCase().startsWith("en") ? "en" : "zh";
}

/**
 * @param {TextKey} key
 * @param {Values} [values]
 */
function text(key, values = {}) {
  return TEXTS[language][key].replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * @param {string} key
 * @returns {key is TextKey}
 */
function isText(key) {
  return key in TEXTS.zh;
}

/**
 * The text that an attribute of the page names.
 * @param {string} [key]
 * @returns {TextKey}
 */
function named(key = "") {
  if (isText(key)) return key;
  throw new Error(`the phone has no text "${key}"`);
}

/**
 * The name of a language as the carrier writes it: zh-CN, cmn-Hans-CN, yue-HK, en-US …
 * @param {string} tag
 */
function spokenLanguage(tag) {
  const known = SPOKEN.find(([pattern]) => pattern.test(tag.toLowerCase()));
  return known ? known[1][language] : tag;
}

/**
 * Puts a text on the page so that it follows a later change of language.
 * @param {HTMLElement} element
 * @param {TextKey} key
 * @param {Values} [values]
 */
export function place(element, key, values = {}) {
  element.dataset.text = key;
  element.dataset.values = JSON.stringify(values);
  element.textContent = text(key, values);
}

/**
 * The same for the name of a control that shows no words.
 * @param {HTMLElement} element
 * @param {TextKey} key
 */
export function label(element, key) {
  element.dataset.label = key;
  element.setAttribute("aria-label", text(key));
  element.title = text(key);
}

/**
 * The same for the name of a spoken language.
 * @param {HTMLElement} element
 * @param {string} tag
 */
export function placeLanguage(element, tag) {
  element.dataset.spoken = tag;
  element.textContent = spokenLanguage(tag);
}

/** @param {string} attribute @returns {HTMLElement[]} whoever carries it */
function carriers(attribute) {
  return [...document.querySelectorAll(`[${attribute}]`)].filter((each) => each instanceof HTMLElement);
}

/** Fills in every [data-text], [data-label], [data-spoken] and [data-placeholder] of the page. */
function fillIn() {
  for (const element of carriers("data-text")) {
    place(element, named(element.dataset.text), JSON.parse(element.dataset.values ?? "{}"));
  }
  for (const element of carriers("data-label")) label(element, named(element.dataset.label));
  for (const element of carriers("data-spoken")) placeLanguage(element, element.dataset.spoken ?? "");
  for (const element of carriers("data-placeholder")) {
    element.setAttribute("placeholder", text(named(element.dataset.placeholder)));
  }
}

/** Speaks the other language from now on; a call goes on meanwhile. */
export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  const address = new URL(globalThis.location.href);
  address.searchParams.set("lang", language);
  globalThis.history.replaceState(null, "", address);
  speak();
}

/** Puts the whole page into the chosen language. */
export function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = text("title");
  fillIn();
}
