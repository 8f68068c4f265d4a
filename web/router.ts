// The addresses of the web app. Who is not in sees the entry at whatever address, and lands there afterwards.
import { createRouter, createWebHistory } from 'vue-router'
import RoomPage from './room/RoomPage.vue'
import HomePage from './rooms/HomePage.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: HomePage },
    { path: '/rooms/:id([1-9]\\d{0,18})', name: 'room', component: RoomPage },
    { path: '/:rest(.*)*', redirect: { name: 'home' } },
  ],
})
