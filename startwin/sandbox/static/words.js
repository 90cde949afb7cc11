// The page's own words, in English and Russian. The English ones are the keys.

const RUSSIAN = {
  "waiting for the bot to start…": "бот ещё не запущен…",
  online: "в сети",
  "not there at the moment": "сейчас не отвечает",
  "connecting…": "соединение…",
  "is typing": "печатает",
  "is sending a photo": "отправляет фото",
  "is sending a file": "отправляет файл",
  "is sending a video": "отправляет видео",
  "is recording": "записывает",
  "is finding a place": "ищет место",
  "is busy": "занят",
  You: "Вы",
  Today: "Сегодня",
  Photo: "Фото",
  Album: "Альбом",
  Message: "Сообщение",
  Sticker: "Стикер",
  "Voice message": "Голосовое сообщение",
  edited: "изменено",
  "Forwarded from": "Переслано от",
  Reply: "Ответить",
  "Reply to": "Ответ:",
  "Do not reply": "Не отвечать",
  "Show in full size": "Показать целиком",
  "Go to this message": "К этому сообщению",
  "Photo on its way": "Фото отправляется",
  "Hidden text: press to show": "Скрытый текст: нажмите, чтобы показать",
  "Not sent: the sandbox cannot be reached.": "Не отправлено: песочница недоступна.",
  "Try again": "Ещё раз",
  Remove: "Убрать",
  "The bot did not answer.": "Бот не ответил.",
  "The sandbox was restarted: a new chat begins.": "Песочница перезапущена: чат начат заново.",
  "The sandbox cannot be reached. Is it still running? Trying again…":
    "Песочница недоступна. Она ещё работает? Пробую снова…",
  "This file is over 50 MB, which is too big for Telegram.": "Файл больше 50 МБ: для Telegram это слишком много.",
  "This file is too big for Telegram.": "Файл слишком велик для Telegram.",
  "This file is empty.": "Файл пуст.",
  "left the group": "больше не в группе",
  "joined the group": "теперь в группе",
  "Which star is your twin?": "На какую звезду вы похожи?",
  "This chat is a local stand-in for Telegram. You need no account, and nothing leaves this computer.":
    "Этот чат заменяет Telegram на вашем компьютере: аккаунт не нужен, и ничто его не покидает.",
  "Send a photo of a face: pick it with the paper clip, drop it here or paste it.":
    "Пришлите фото лица: выберите его скрепкой, перетащите сюда или вставьте.",
  Start: "Начать",
  "A group of three": "Группа на троих",
  "Guest, Friend and StarTwin read along here. Change who you are in the menu.":
    "Здесь читают Guest, Friend и StarTwin. Кто вы, выбирается в меню.",
  "Chats and settings": "Чаты и настройки",
  "Close the menu": "Закрыть меню",
  "You are": "Вы",
  Chats: "Чаты",
  "Profile photo": "Фото профиля",
  "Choose…": "Выбрать…",
  Language: "Язык",
  "Like the browser": "Как в браузере",
  Colours: "Цвета",
  "Like the system": "Как в системе",
  Light: "Светлые",
  Dark: "Тёмные",
  "sandbox · nothing leaves this computer": "песочница · ничто не покидает компьютер",
  "No messages yet": "Сообщений пока нет",
  "as file": "файлом",
  "Send a photo": "Отправить фото",
  "Send the message": "Отправить сообщение",
  "Choose pictures": "Выбрать картинки",
  "Choose a profile photo": "Выбрать фото профиля",
  "Drop to send as a photo": "Отпустите, чтобы отправить как фото",
  "quick, made smaller as in Telegram": "быстро, уменьшенным, как в Telegram",
  "Drop to send as a file": "Отпустите, чтобы отправить файлом",
  "untouched, with its name": "без изменений, со своим именем",
  "Close the photo": "Закрыть фото",
  "Go to the newest message": "К последнему сообщению",
  Messages: "Сообщения",
  "Commands of the bot": "Команды бота",
};

/** What was chosen on the page: "en", "ru", or "" for the browser's language. */
export function chosenLanguage() {
  const chosen = localStorage.getItem("language");
  return chosen === "en" || chosen === "ru" ? chosen : "";
}

/** The language that the bot is told, and that the page speaks where it can. */
export function language() {
  return (chosenLanguage() || navigator.language || "en").toLowerCase();
}

/** The words in the person's language. */
export function say(words) {
  return language().startsWith("ru") ? (RUSSIAN[words] ?? words) : words;
}

/** Translates what stands in the document: `data-say` for the text, `data-label` for names. */
export function translate() {
  document.documentElement.lang = language().startsWith("ru") ? "ru" : "en";
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-label]")) {
    const label = say(node.dataset.label);
    node.setAttribute("aria-label", label);
    if (node.hasAttribute("title")) node.title = label;
    if (node.hasAttribute("placeholder")) node.placeholder = label;
  }
}
