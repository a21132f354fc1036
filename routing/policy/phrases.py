"""The phrases of a plan's sentences, Chinese and English. Numbers come in as they are."""

from collections.abc import Mapping

from routing.policy.roster import ENGLISH_HOURS, HourWords

Phrases = Mapping[str, str]

CHINESE: Phrases = {
    "crisis": "有人处于危险时",
    "routine": "一般来电",
    "topic": "话题为“{topic}”的来电",
    "wishes": "来电者的意愿",
    "offers": "如何振铃",
    "care": "对咨询员的保护",
    "duty": "谁在何时值班",
    "open": "本线路的服务时间：{hours}；名册上有 {n} 位咨询员。",
    "single": "{hours}在岗不足两人，第二位来电者须等候。",
    "silent": "{hours}没有人说{language}。例如{moment}：{example}",
    "examples": "例子（由本方案与现有名册算出，假定所有人此刻都就绪）",
    "at_once": "立即",
    "after": "等候满 {s:g} 秒后",
    "rung": "第 {n} 步，{when}：{who}（{name}）。",
    "nobody_speaks": "在岗者中没有人与来电者有共同语言时，须加入口译的一步立即开始。",
    "interpreter": "接听者可能不说来电者的语言，须加入口译。",
    "protected": "从此时起，刚结束通话的人也会被问到，前面各步亦然。",
    "fit_first": "合适与受训先于便利：按步骤先后找人；同一步中先问就绪者，再问正在整理记录者。",
    "ring": "同时振铃 {n} 部电话，先接听者得；已找到受过危机训练的人时，不再加入未受训练的人。",
    "shared": "后来的危急来电没有别的相合者时，从同时为前一位振铃的电话中分得一部；"
    "每位至少留一部。",
    "running_ends": "正在振铃时得知有危险：立即为受过危机训练的人振铃；未受训练者的电话停止。",
    "running_kept": "正在振铃时得知有危险：立即为受过危机训练的人振铃；已在振铃的电话继续。",
    "bonus": "咨询员空出时，与其相合的来电者按早到计：{steps}。",
    "bonus_step": "第 {n} 步 {s:g} 秒",
    "named": "说出话题或年龄，不会因此比不说的人等得更久。",
    "topic_costs": "为了找到更合适的人，这些来电者可能比没有说出话题的人多等：最多 {s:g} 秒。",
    "own": "说来电者的语言（{level} 级以上）",
    "spoken": "说来电者听得懂的语言（{level} 级以上）",
    "knows": "了解该话题（{level} 级以上）",
    "certified": "受过危机训练",
    "age": "受过该年龄段的训练",
    "and": "、",
    "anybody": "任何一位咨询员，不限线路",
    "anybody_on_line": "本线路任何一位咨询员",
    "who": "{anybody}，须{wants}",
    "same_held": "之前断线的来电者先找原来的咨询员，并为其保留 {s:g} 秒；处于危险者不作保留。",
    "same_first": "之前断线的来电者先找原来的咨询员，不在就绪则立即找其他人。",
    "gender": "来电者希望由女性或男性接听时，先找语言合适的这样一位；没有则不等。",
    "gender_held": "来电者希望由女性或男性接听时，为其保留 {s:g} 秒，先只找语言合适的这样一位，"
    "并在等候中告知；处于危险者不作保留。",
    "gender_nobody": "在岗者中没有这样一位时（休息或通话中也算在岗），不作保留，立即找其他人。",
    "languages": "通话用什么语言",
    "understood": "说{language}的来电者也算听得懂{others}；来电者自己说过的，以其所说为准。",
    "understood_share": "{language}（约 {percent:.0f}%）",
    "understood_only": "说{language}的来电者只算听得懂这一种，除非来电者自己说过。",
    "understood_from": "一种语言至少有 {percent:g}% 的人听得懂，才这样算。",
    "no_common": "接听者与来电者没有共同语言时，无论在哪一步接听，都加入口译。",
    "longest_idle": "同样合适的人当中，离上一次通话结束最久者先振铃。",
    "rings": "每次振铃 {s:g} 秒；未接听者 {aside:g} 秒内不再振铃。",
    "keeps_place": "无人接听时，来电者保留原来的位置与优先次序；危险来电总在一般来电之前。",
    "long_wait": "危险来电总在前面，所以一般来电可能等很久：等到热线设定的 long_wait_s，"
    "即使有人在岗，也呼叫值班电话，反复呼叫直到有人接听；等候期间可随时要求回电。",
    "second_line": "这样久等的来电者，等满 {s:g} 秒起也请其他热线的咨询员接听（第 {n} 步）。",
    "wrap_up": "整理记录期间只有危险来电可以打断，同一步中最后才问到；前 {s:g} 秒须等注明的一步。",
    "rest": "危险通话结束后休息 {minutes:g} 分钟，期间没有来电。",
    "in_a_row": "连续接听 {n} 次危险来电后，下一次危险来电最后才问到。",
    "break": "每工作 {hours:g} 小时休息 {minutes:g} 分钟，来电再多也不取消。",
    "break_turns": "休息轮流进行：每条热线、每种语言在岗的人中，同时离开的不超过 {share:.0%}（至少"
    "一人），等得最久的先休息；同时上班的人第一次休息错开安排。最后一位在岗的危机认证咨询员不会"
    "被安排休息，可以自己决定休息。危机通话后的休息从不推迟。",
    "example": "说{language}的来电者：",
    "example_crisis": "说{language}且有危险的来电者：",
    "example_topic": "说{language}、话题为“{topic}”的来电者：",
    "step": "先问 {names}",
    "step_next": "再问 {names}",
    "step_after": "{s:g} 秒后问 {names}",
    "then": "；",
    "list": "、",
    "nobody": "没有任何人可问",
    "stop": "。",
}

ENGLISH: Phrases = {
    "crisis": "When somebody is in danger",
    "routine": "Routine callers",
    "topic": "Callers about {topic}",
    "wishes": "What callers wish for",
    "offers": "How phones ring",
    "care": "What protects the counselors",
    "duty": "Who is on duty when",
    "open": "Open {hours}; {n} counselors on the roster.",
    "single": "Fewer than two are on duty {hours}: a second caller waits.",
    "silent": "Nobody on duty speaks {language} {hours}. So, at {moment}: {example}",
    "examples": "Examples (computed from this plan and the roster, as if everybody were ready now)",
    "at_once": "at once",
    "after": "after {s:g} s of waiting",
    "rung": "Step {n}, {when}: {who} ({name}).",
    "nobody_speaks": "While nobody on duty has a language in common with a caller, the step for"
    " which an interpreter joins opens at once.",
    "interpreter": " Whoever answers may not speak the caller's language: an interpreter joins.",
    "protected": " From then on even somebody whose talk has only just ended is asked, at the steps"
    " before too.",
    "fit_first": "Fit and certificate come before comfort: steps are taken in their order, and at"
    " one step whoever is ready is rung before whoever is writing up a call.",
    "ring": "{n} phones ring together, the first to answer has the call; where somebody certified"
    " was found, nobody without the certificate is added.",
    "shared": "Who comes next in danger and finds nobody else who fits has one of the phones that"
    " ring together for the first; each keeps at least one.",
    "running_ends": "Where danger becomes known while a phone rings, certified phones ring at once,"
    " and one without the certificate stops.",
    "running_kept": "Where danger becomes known while a phone rings, certified phones ring at once,"
    " and the one that rings goes on.",
    "bonus": "When a counselor becomes free, callers whom they fit count as older: {steps}.",
    "bonus_step": "by {s:g} s at step {n}",
    "named": "Who names a topic or an age never waits longer for it than who names none.",
    "topic_costs": "For a better match these callers may wait longer than who names no topic: up to"
    " {s:g} s.",
    "own": "who speaks the caller's language (level {level} or more)",
    "spoken": "who speaks a language the caller understands (level {level} or more)",
    "knows": "who knows the topic (level {level} or more)",
    "certified": "who is certified for crisis calls",
    "age": "who is trained for the caller's age group",
    "and": " and ",
    "anybody": "any counselor of any line",
    "anybody_on_line": "any counselor of this line",
    "who": "{anybody} {wants}",
    "same_held": "A caller who was cut off is kept {s:g} s for the same counselor; not in danger.",
    "same_first": "A caller who was cut off is offered to the same counselor first, and at once to"
    " others if that one is not ready.",
    "gender": "A caller who asks for a woman or a man is offered to such a one who fits, if ready;"
    " nobody waits for it.",
    "gender_held": "A caller who asks for a woman or a man is kept {s:g} s for such a one who fits"
    " by language, before others are asked, and is told so; not in danger.",
    "gender_nobody": "While nobody on duty is such a one, talking or on a break or not, nobody is"
    " kept for it: others are asked at once.",
    "languages": "Which language a talk is in",
    "understood": "Who speaks {language} is taken to understand {others} too; what the caller said"
    " of it counts instead.",
    "understood_share": "{language} (some {percent:.0f} %)",
    "understood_only": "Who speaks {language} is taken to understand nothing else, unless they said"
    " so.",
    "understood_from": "A language counts as understood where {percent:g} % or more understand it.",
    "no_common": "Where the two have no language in common, an interpreter is called, at whatever"
    " step the call was taken.",
    "longest_idle": "Of those who fit equally, the one whose last talk ended longest ago rings"
    " first.",
    "rings": "A phone rings {s:g} s; who does not answer is not rung for {aside:g} s.",
    "keeps_place": "A caller whom nobody answered keeps place and priority; danger always comes"
    " before routine.",
    "long_wait": "Danger always goes first, so a caller in no danger has no promised time: after"
    " the line's `long_wait_s` the duty phone is rung for them, again and again, whoever is on"
    " duty; while they wait they may ask for a call back.",
    "second_line": "From {s:g} s of waiting on counselors of other lines are asked for such a"
    " caller as well (step {n}).",
    "wrap_up": "Only danger cuts a wrap-up short, and at each step whoever writes is asked last; in"
    " its first {s:g} s only from a step on that says so.",
    "rest": "After a crisis call {minutes:g} minutes of rest without calls.",
    "in_a_row": "After {n} crisis calls in a row somebody is asked last for the next.",
    "break": "Every {hours:g} h a break of {minutes:g} minutes, which no load takes away.",
    "break_turns": "Breaks go in turn: of those on duty for a line, and of those who speak a"
    " language there, no more than {share:.0%} are away at once (at least one), and who has been"
    " due longest goes first; who begins together has the first break at different times. The last"
    " certified counselor at work is not sent, but may decide to go. The rest after a crisis call"
    " is never put off.",
    "example": "A caller who speaks {language}: ",
    "example_crisis": "A caller in danger who speaks {language}: ",
    "example_topic": "A caller who speaks {language}, about {topic}: ",
    "step": "{names} first",
    "step_next": "{names}",
    "step_after": "after {s:g} s {names}",
    "then": "; then ",
    "list": ", ",
    "nobody": "nobody at all",
    "stop": ".",
}

PHRASES: Mapping[str, Phrases] = {"zh": CHINESE, "en": ENGLISH}
HOURS: Mapping[str, HourWords] = {
    "zh": HourWords(("周一", "周二", "周三", "周四", "周五", "周六", "周日"), "及", "、", "全天候"),
    "en": ENGLISH_HOURS,
}
