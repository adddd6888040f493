// Goes to the pages in the reader's language.
location.replace((navigator.language.startsWith("zh") ? "zh" : "en") + "/index.html");
